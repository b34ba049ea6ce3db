/**
 * Five kinds of suites. `unit` sits beside the code and needs nothing; `e2e` boots the real application
 * against real servers (started once by its global set-up); `checks` are short runs of the long commands that break
 * servers or overload the machine, one at a time, and `trials` those of the others; `ops` tries what surrounds the
 * application with the real programs (Prometheus, Varnish, nginx, Chromium).
 */
/** Long commands whose short runs do not mind company. */
const trials = [
  ...['bench/comparison/comparison', 'bench/growth/growth', 'bench/users/users'],
  ...['test/faults/ratelimit/ratelimit', 'test/faults/up', 'test/fuzz/fuzz'],
].map((name) => `<rootDir>/${name}.smoke.ts`);
const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[tj]s$': ['@swc/jest', require('./scripts/lib/swc-jest-options.js')] },
  // Nest 12 and its friends are ESM-only: Jest has to transform them.
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|@faker-js|keyv|cache-manager|@cacheable|@keyv|cookie|jose|@vlasky)/)',
  ],
  moduleNameMapper: {
    '^@prior/migrations$': '<rootDir>/migrations/index.ts',
    '^@prior/(.*)$': '<rootDir>/libs/$1/src/index.ts',
  },
};

module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,migrations,scripts,bench,test}/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.js'],
      globalSetup: '<rootDir>/test/support/global-setup.js',
      globalTeardown: '<rootDir>/test/support/global-teardown.js',
    },
    {
      ...common,
      displayName: 'checks',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.js'],
      testMatch: [
        '<rootDir>/{test,bench}/**/*.smoke.ts',
        ...trials.map((path) => path.replace('<rootDir>', '!**')),
      ],
    },
    {
      ...common,
      displayName: 'trials',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.js'],
      testMatch: trials,
    },
    {
      ...common,
      displayName: 'ops',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.js'],
      testMatch: ['<rootDir>/test/ops/**/*.ops.ts'],
    },
  ],
};

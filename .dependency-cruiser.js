// @ts-check
'use strict';

/** The libraries from left to right: each may import those to its left only. */
const LINE = ['config', 'telemetry', 'resilience', 'http', 'database', 'cache', 'traffic'];

/** Code that is shipped; a spec beside it is not. */
const SHIPPED = { path: '^(apps|libs|migrations)/', pathNot: '\\.spec\\.ts$' };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need one another are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'libs-not-to-apps',
      comment: 'A library serves every application and knows none; migrations are the applications’ too.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|migrations)/' },
    },
    ...LINE.slice(0, -1).map((name, i) => ({
      name: `libs-line-${name}`,
      comment: `${LINE.join(' <- ')}: a library imports those to its left only.`,
      severity: /** @type {const} */ ('error'),
      from: { path: `^libs/${name}/` },
      to: { path: `^libs/(${LINE.slice(i + 1).join('|')})/` },
    })),
    {
      name: 'libs-by-index',
      comment: 'What another library offers is what its index.ts exports.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'apps-to-libs-by-index',
      comment: 'What a library offers is what its index.ts exports.',
      severity: 'error',
      from: { path: '^(apps|migrations)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'features-by-index',
      comment: 'A feature module imports another one only through its index.ts.',
      severity: 'error',
      from: { path: '^apps/api/src/([^/]+)/' },
      to: { path: '^apps/api/src/[^/]+/', pathNot: ['^apps/api/src/$1/', '^apps/api/src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'features-by-index-from-outside',
      comment: 'Whoever puts features together does not look into them either.',
      severity: 'error',
      from: { path: '^(apps/api/src/[^/]+\\.ts$|apps/cli/)', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/api/src/[^/]+/', pathNot: '^apps/api/src/[^/]+/index\\.ts$' },
    },
    {
      name: 'api-not-to-cli',
      comment: 'The HTTP process does not carry the operator’s tool.',
      severity: 'error',
      from: { path: '^apps/api/' },
      to: { path: '^apps/cli/' },
    },
    {
      name: 'controllers-without-sql',
      comment: 'A controller is thin: it talks to its service, and only that to the repository.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.repository\\.ts$' },
    },
    {
      name: 'shipped-not-to-tests',
      comment: 'Nothing that is shipped needs the tests.',
      severity: 'error',
      from: SHIPPED,
      to: { path: '(^(test|bench|k6)/|\\.spec\\.ts$)' },
    },
    {
      name: 'shipped-not-to-dev-dependencies',
      comment: 'The image is installed without development packages: move it to "dependencies".',
      severity: 'error',
      from: SHIPPED,
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that is only there because another one needs it can go any day.',
      severity: 'error',
      from: SHIPPED,
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

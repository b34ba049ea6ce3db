import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { forbidden } from '../../.dependency-cruiser.js';

const root = resolve(__dirname, '../..');

/** A little house in a folder of its own: file name → text. */
function house(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'prior-house-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

/** Names of the dependency rules that the house breaks, sorted. */
function brokenRules(files: Record<string, string>): string[] {
  const dir = house({
    'tsconfig.json': '{ "compilerOptions": {} }',
    'package.json': '{ "dependencies": { "shipped": "1" }, "devDependencies": { "tool": "1" } }',
    ...Object.fromEntries(
      ['shipped', 'tool', 'stranger'].map((name) => [`node_modules/${name}/index.js`, 'module.exports = 1']),
    ),
    ...Object.fromEntries(
      ['shipped', 'tool', 'stranger'].map((name) => [
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
      ]),
    ),
    ...files,
  });
  try {
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config',
        join(root, '.dependency-cruiser.js'),
        '--output-type',
        'json',
        'apps',
        'libs',
      ],
      { cwd: dir, encoding: 'utf8' },
    );
    const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const LINE = ['config', 'telemetry', 'resilience', 'http', 'database', 'cache', 'traffic'];
const orders = 'apps/api/src/orders';
const users = 'apps/api/src/users';

it('the dependency rules let a tidy house pass', () => {
  expect(
    brokenRules({
      ...Object.fromEntries(
        LINE.map((name, i) => [
          `libs/${name}/src/index.ts`,
          i > 0 ? `import '../../${LINE[i - 1]}/src/index'; import 'shipped';` : "import './inner';",
        ]),
      ),
      'libs/config/src/inner.ts': 'export {};',
      'libs/config/src/inner.spec.ts': "import './inner'; import 'tool';",
      [`${users}/index.ts`]: "export * from './users.service';",
      [`${users}/users.service.ts`]: "import './users.repository'; export {};",
      [`${users}/users.repository.ts`]: "import '../../../../libs/http/src/index';",
      [`${orders}/orders.controller.ts`]: "import '../users/index';",
      'apps/api/src/app.module.ts': "import './users/index';",
      'apps/cli/src/main.ts': "import '../../api/src/users/index';",
    }),
  ).toEqual([]);
});

it('every dependency rule can fire', () => {
  const wrong = brokenRules({
    // Each library but the last imports its right-hand neighbour.
    ...Object.fromEntries(
      LINE.map((name, i) => [
        `libs/${name}/src/index.ts`,
        i < LINE.length - 1 ? `import '../../${LINE[i + 1]}/src/index';` : "import './circle';",
      ]),
    ),
    'libs/traffic/src/circle.ts': "import './index';",
    'libs/traffic/src/looks-in.ts': "import '../../config/src/secret';",
    'libs/traffic/src/upwards.ts': "import '../../../apps/api/src/users/users.service';",
    'libs/config/src/secret.ts': "import '../../../test/support/stack'; import 'tool'; import 'stranger';",
    'libs/config/src/lost.ts': "import './nowhere';",
    'test/support/stack.ts': 'export {};',
    [`${users}/users.service.ts`]: "import '../../../cli/src/main';",
    [`${users}/users.repository.ts`]: "import '../../../../libs/config/src/secret';",
    [`${users}/users.controller.ts`]: "import './users.repository';",
    [`${orders}/orders.service.ts`]: "import '../users/users.service';",
    'apps/cli/src/main.ts': "import '../../api/src/users/users.service';",
  });
  expect(wrong).toEqual(forbidden?.map(({ name }) => name).sort());
});

it('every rule of ours in ESLint can fire', () => {
  const code = [
    "import { env } from 'node:process';",
    'export const a = process.env.HOME, b = env;',
    "export const c = process['env'];",
    'const { env: d } = process;',
    'export const e: any = d == null;',
    "export const f = parseFloat('1.10');",
    'async function later(): Promise<void> {}',
    'later();',
    'later().then(async () => { await 1; });',
    '[1].filter(async () => true);',
    "it.only('x', () => {});",
    "xit('x', () => {});",
    '// eslint-disable-next-line no-warning-comments',
    `// ${'TO'}${'DO'}: later`,
    'const unused = 1;',
    ...Array.from({ length: 400 }, () => ''),
  ].join('\n');
  // The rules that know types need a file of the project, so its text is replaced.
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/eslint/bin/eslint.js'),
      '--stdin',
      '--stdin-filename',
      'libs/http/src/index.ts',
      '--format',
      'json',
    ],
    { cwd: root, input: code, encoding: 'utf8' },
  );
  const [{ messages }] = JSON.parse(stdout) as [{ messages: { ruleId: string; line: number }[] }];
  const found = messages.map(({ ruleId, line }) => `${line} ${ruleId?.replace('@typescript-eslint/', '')}`);
  expect(found).toEqual(
    expect.arrayContaining([
      '1 no-restricted-imports',
      '2 no-restricted-syntax',
      '3 no-restricted-syntax',
      '4 no-restricted-syntax',
      '5 no-explicit-any',
      '5 eqeqeq',
      '6 no-restricted-globals',
      '8 no-floating-promises',
      '9 no-floating-promises',
      '9 await-thenable',
      '10 no-misused-promises',
      '11 no-restricted-syntax',
      '12 no-restricted-syntax',
      '14 no-warning-comments',
      '15 no-unused-vars',
      '401 max-lines',
    ]),
  );
}, 60_000);

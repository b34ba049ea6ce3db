import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');

it('the types of the client are those of the API (otherwise: npm run client)', async () => {
  await promisify(execFile)(process.execPath, [join(root, 'scripts/client.js'), '--check'], { cwd: root });
}, 60_000);

it('the example of the documentation is one that compiles', () => {
  const shown = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'docs/client.md'), 'utf8'))?.[1];
  const compiled = readFileSync(join(__dirname, 'example.ts'), 'utf8');
  expect(compiled.replace('../../clients/typescript/src', '@prior/client')).toContain(shown);
});

'use strict';
/**
 * npm run client: the types of clients/typescript from the application's OpenAPI document.
 * With --check nothing is written, and status 1 says that they are out of date.
 */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const path = require('node:path');
const { capture, PlainError, runMain } = require('./lib/run');

const root = path.resolve(__dirname, '..');
const file = path.join(root, 'clients/typescript/src/schema.gen.ts');
const HEADER = '/* Made by `npm run client` from the OpenAPI document. Change the API, not this file. */\n\n';

runMain(async () => {
  // From the sources, so that nothing has to be built.
  const args = ['-r', './scripts/lib/register-ts.js', 'apps/api/src/openapi.ts'];
  const document = JSON.parse(await capture(process.execPath, args, { cwd: root }));
  const manifest = path.join(root, 'clients/typescript/package.json');
  const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const minor = /** @param {string} text */ (text) => text.split('.').slice(0, 2).join('.');
  if (minor(version) !== minor(document.info.version)) {
    throw new PlainError(
      `The API is ${document.info.version}: say so in ${path.relative(root, manifest)} (docs/versioning.md)`,
    );
  }
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const text = HEADER + astToString(await openapiTS(document, { alphabetize: true }));
  if (!process.argv.includes('--check')) {
    fs.writeFileSync(file, text);
    console.log(`Wrote ${path.relative(root, file)}`);
  } else if (fs.readFileSync(file, 'utf8') !== text) {
    throw new PlainError(`${path.relative(root, file)} is out of date. Run: npm run client`);
  }
});

'use strict';
/**
 * `node -r ./scripts/lib/register-ts.js file.ts`: TypeScript without a build, for the checks and benchmarks that run
 * outside of Jest. Types are not checked here (`npm run typecheck` does).
 */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');
const options = require('./swc-jest-options.js');

const root = path.resolve(__dirname, '../..');

/**
 * @typedef {(module: { _compile: (code: string, file: string) => void }, file: string) => void} Load
 * @typedef {object} Loader Node's own, as far as it is changed here
 * @property {(request: string, ...rest: unknown[]) => string} _resolveFilename
 * @property {Record<string, Load>} _extensions
 */

/** @type {Loader} */
const loader = /** @type {never} */ (Module);

const resolve = loader._resolveFilename;
loader._resolveFilename = function (request, ...rest) {
  const [scope, name] = request.split('/');
  const folder = name === 'migrations' ? 'migrations/index.ts' : `libs/${name}/src/index.ts`;
  const wanted = scope === '@prior' ? path.join(root, folder) : request;
  try {
    return resolve.call(this, wanted, ...rest);
  } catch (error) {
    // import() names the file that a build will have made (TypeScript's rule for Node's own module resolution).
    if (!/^\.\.?\/.*\.js$/.test(wanted)) throw error;
    return resolve.call(this, wanted.replace(/\.js$/, '.ts'), ...rest);
  }
};

/** @type {Load} */
const load = (module, file) => {
  const { code } = transformSync(fs.readFileSync(file, 'utf8'), {
    .../** @type {import('@swc/core').Options} */ (options),
    filename: file,
    configFile: false,
    swcrc: false,
  });
  module._compile(code, file);
};
loader._extensions['.ts'] = load;

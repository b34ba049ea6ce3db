'use strict';
/** npm run lint:openapi: the document that the built application makes of itself, held against redocly.yaml. */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { build } = require('./lib/build');
const { capture, run, runMain } = require('./lib/run');

const root = path.resolve(__dirname, '..');

runMain(async () => {
  await build({ root });
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'prior-openapi-'));
  try {
    const document = path.join(dir, 'openapi.json');
    fs.writeFileSync(
      document,
      await capture(process.execPath, ['dist/apps/api/src/openapi.js'], { cwd: root }),
    );
    const redocly = path.join(root, 'node_modules/@redocly/cli/bin/cli.js');
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const args = [redocly, 'lint', document, '--config', path.join(root, 'redocly.yaml')];
    await run(process.execPath, args, { cwd: root, env });
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

'use strict';
/**
 * The operator's tool against the servers that `npm run up` started, or against those of .env and the environment.
 * With an environment that is complete `node dist/apps/cli/src/main.js` does the same without this file.
 */
require('./lib/node-version').checkNode();
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { CLI } = require('./lib/catalogue');
const { commandEnv, givenEnv, hasOwnDatabase } = require('./lib/environment');
const { PlainError, runMain } = require('./lib/run');
const { UpFiles } = require('./lib/up-state');

const root = path.resolve(__dirname, '..');

runMain(async () => {
  if (!fs.existsSync(path.join(root, CLI)))
    throw new PlainError('Not built yet: npm ci && npm run build (or npm run up)');
  const given = givenEnv(root);
  const files = new UpFiles(root);
  const running = files.status() === 'running';
  if (!running && !hasOwnDatabase(given)) {
    process.stderr.write(
      'No private servers are running here (npm run up starts them) and DB_HOST is not set.\n',
    );
  }
  const env = commandEnv(given, running ? files.read().env : undefined);
  const child = spawn(process.execPath, [path.join(root, CLI), ...process.argv.slice(2)], {
    env,
    stdio: 'inherit',
  });
  // The child hears Ctrl-C itself, being in the same group; this process only waits for what it makes of it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  process.exitCode = code;
});

'use strict';
/** npm run down [-- --delete]: stops what `npm run up` started, in the background or in another terminal. */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const proc = require('./lib/proc');
const { PlainError, runMain } = require('./lib/run');
const { UpFiles } = require('./lib/up-state');

const HELP = `Stops the API and the private servers that \`npm run up\` started.

  npm run down
  npm run down -- --delete    and deletes the private databases
`;

function readArgs() {
  try {
    const { values } = parseArgs({
      options: {
        delete: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

runMain(async () => {
  const args = readArgs();
  if (args.help) return void process.stdout.write(HELP);
  const files = new UpFiles(path.resolve(__dirname, '..'));
  const status = files.status();
  const owner = files.owner();
  // The process in the other terminal stops its own servers when it is told to.
  await proc.stopProcess(owner, { graceMs: 90_000 });
  await files.stopAll();
  const said = { nothing: 'Nothing was running.', remains: 'Stopped what a killed run had left behind.' };
  process.stdout.write(`${status in said ? said[/** @type {keyof typeof said} */ (status)] : 'Stopped.'}\n`);
  if (!args.delete) return;
  fs.rmSync(files.folders.servers, { recursive: true, force: true });
  fs.rmSync(files.folders.redisOnly, { recursive: true, force: true });
  if (fs.existsSync(files.file)) files.update({ seeding: undefined });
  process.stdout.write('The private databases are deleted.\n');
});

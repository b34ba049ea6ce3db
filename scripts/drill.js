'use strict';
/**
 * npm run drill -- NAME: rehearses a disaster of docs/runbook on servers of its own, in a temporary folder; what
 * `npm run up` runs is never touched.
 */
require('./lib/node-version').checkNode();
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { DATABASE, REDIS } = require('./lib/binaries');
const { prepare } = require('./lib/prepare');
const { PlainError, runMain } = require('./lib/run');
const { Steps } = require('./lib/steps');
const { sweepTestServers } = require('./lib/test-servers');

const root = path.resolve(__dirname, '..');
const NAMES = ['backup-restore', 'promote-replica', 'lose-redis', 'lose-generation', 'rollback-migration'];

const HELP = `Rehearses a disaster on private servers, and shows each step.

  npm run drill -- NAME ...          ${NAMES.join(', ')}, or all
  npm run drill -- NAME --seconds N  how long the consistency check rages at the end (5; 0: its races only)
  npm run drill -- NAME --products N how large the catalogue is (500)

The procedures are in docs/runbook. Status 0: every step was ok; 1: one failed; 2: the drill could not be played.
`;

/** @param {string[]} args */
function readArgs(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '5' },
        products: { type: 'string', default: '500' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const unknown = positionals.filter((name) => name !== 'all' && !NAMES.includes(name));
    if (unknown.length > 0) throw new Error(`There is no drill called ${unknown.join(', ')}.`);
    if (positionals.length === 0 && !values.help) throw new Error('Which drill?');
    if (!/^\d+$/.test(values.seconds)) throw new Error('--seconds must be a whole number, 0 or more.');
    if (!/^\d+$/.test(values.products) || Number(values.products) < 20)
      throw new Error('--products must be a whole number, 20 or more.');
    return values;
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

runMain(async () => {
  const args = process.argv.slice(2);
  if (readArgs(args).help) return void process.stdout.write(HELP);
  const logs = path.join(root, '.local', 'logs');
  fs.mkdirSync(logs, { recursive: true });
  await prepare({ root, logs, steps: new Steps(), needed: [...DATABASE, ...REDIS, 'mariadb-dump'] });
  const register = path.join(root, 'scripts/lib/register-ts.js');
  const child = spawn(process.execPath, ['-r', register, path.join(root, 'test/drills/drill.ts'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  // On a terminal the child hears Ctrl-C itself; this process only waits until it has ended its servers.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  await sweepTestServers();
});

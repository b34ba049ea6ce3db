'use strict';
/**
 * npm run up [-- --detach] [-- --products N]
 *
 * From a bare clone to an API that answers, with servers of its own under .local/; see --help.
 */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { startApi, waitUntilReady } = require('./lib/api');
const { DATABASE, REDIS } = require('./lib/binaries');
const { developmentToken, migrate, prepareCatalogue, seed } = require('./lib/catalogue');
const { commandEnv, givenEnv, hasOwnDatabase, hasOwnRedis, privateEnv } = require('./lib/environment');
const { needFreePort, portOf } = require('./lib/listen-ports');
const { prepare } = require('./lib/prepare');
const proc = require('./lib/proc');
const { PlainError, runMain, tail } = require('./lib/run');
const { startServers } = require('./lib/servers');
const { Steps } = require('./lib/steps');
const { addresses, summary } = require('./lib/summary');
const { UpFiles } = require('./lib/up-state');
const { randomBytes } = require('node:crypto');

const HELP = `Starts the catalogue with a private primary, two replicas and Redis under .local/.

  npm run up                         until Ctrl-C
  npm run up -- --detach             in the background; npm run down stops it
  npm run up -- --products 100000    size of the first seed (10,000)

  PORT=3000 ADMIN_PORT=9464          the API's ports
  DB_HOST=… REDIS_URL=…              servers of your own instead of private ones; see .env.example
  PRIOR_LOCAL=/some/folder           where the private servers keep their data (.local)
`;

const root = path.resolve(__dirname, '..');

function readArgs() {
  try {
    const { values } = parseArgs({
      options: {
        detach: { type: 'boolean', default: false },
        products: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { products } = values;
    if (products !== undefined && !/^[1-9]\d{0,7}$/.test(products)) {
      throw new Error(
        `--products must be a whole number from 1 to 99999999 (it is ${JSON.stringify(products)})`,
      );
    }
    return { ...values, products: products === undefined ? undefined : Number(products) };
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

runMain(async () => {
  const args = readArgs();
  if (args.help) return void process.stdout.write(HELP);
  const files = new UpFiles(root);
  const status = files.status();
  const given = givenEnv(root);
  if (status === 'running') return sayWhereItRuns(files, given);
  files.acquire();
  const abort = new AbortController();
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => abort.abort(new PlainError('Stopped.')));
  }
  try {
    await bringUp({ args, files, given, signal: abort.signal });
    if (!args.detach) await stayUp(files, abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    if (!(args.detach && files.read().ready)) await halt(files);
    files.release();
  }
});

/**
 * @param {object} run
 * @param {ReturnType<typeof readArgs>} run.args
 * @param {UpFiles} run.files
 * @param {import('./lib/environment').Env} run.given
 * @param {AbortSignal} run.signal
 */
async function bringUp({ args, files, given, signal }) {
  const { logs, servers: serversDir, redisOnly } = files.folders;
  const steps = new Steps();
  const ownDatabase = hasOwnDatabase(given);
  const needed = [...(ownDatabase ? [] : DATABASE), ...(hasOwnRedis(given) ? [] : REDIS)];
  if (hasRemains(files)) {
    await steps.step('ending what a killed run left behind', () => files.stopAll());
  }
  const port = await needFreePort('PORT', portOf(given, 'PORT', 3000), given.HOST);
  const adminPort = await needFreePort('ADMIN_PORT', portOf(given, 'ADMIN_PORT', 9464), given.ADMIN_HOST);
  const jwtSecret = files.read().jwtSecret ?? randomBytes(36).toString('base64url');
  files.update({ jwtSecret, detached: args.detach, ready: false });

  await prepare({ root, logs, steps, signal, needed });
  const what = [ownDatabase ? '' : 'primary, 2 replicas', hasOwnRedis(given) ? '' : 'Redis'];
  const servers = needed.length
    ? await steps.step(what.filter(Boolean).join(', '), async (note) => {
        const started = await startServers({
          dir: ownDatabase ? redisOnly : serversDir,
          replicas: ownDatabase ? -1 : 2,
          redis: !hasOwnRedis(given),
          progress: note,
        });
        note(
          started
            .all()
            .map((one) => `${one.name} ${one.port}`)
            .join(', '),
        );
        return started;
      })
    : undefined;
  signal.throwIfAborted();

  const decided = privateEnv({ given, servers, jwtSecret, port, adminPort });
  const env = commandEnv(given, decided);
  const context = { root, logs, steps, env, signal };
  let data = 'your own database';
  if (!ownDatabase && servers) {
    data = await prepareCatalogue(context, { servers, products: args.products, files });
    await steps.step('replicas catch up', () => servers.sync(signal));
  } else {
    await migrate(context);
    if (args.products !== undefined) await seed(context, args.products);
  }
  signal.throwIfAborted();

  const log = path.join(logs, 'api.log');
  const from = fs.existsSync(log) ? fs.statSync(log).size : 0;
  await steps.step('API', async () => {
    const api = startApi({ root, env, log });
    files.update({ api, env: decided });
    await waitUntilReady({ url: addresses(env).url, api, log, from, signal });
  });
  const token = await developmentToken({ root, env });
  files.update({ ready: true });
  const apiLog = path.relative(process.cwd(), log);
  process.stdout.write(summary({ env, apiLog, detached: args.detach, token, data }));
}

/** @param {UpFiles} files */
async function halt(files) {
  if (!hasRemains(files)) return;
  process.stdout.write('\nStopping the API and its servers …\n');
  await files.stopAll();
  process.stdout.write('Stopped. The data stays under .local/ for the next `npm run up`.\n');
}

/** The lock is this process's own by now, so a living API or server is from an earlier run. @param {UpFiles} files */
function hasRemains(files) {
  return proc.isAlive(files.read().api) || files.livingServers().length > 0;
}

/**
 * @param {UpFiles} files
 * @param {import('./lib/environment').Env} given
 */
async function sayWhereItRuns(files, given) {
  const { env: decided, detached = false } = files.read();
  // Where it runs is what was decided then; PORT of this call may be another.
  const env = { ...commandEnv(given, decided), ...decided };
  const apiLog = path.relative(process.cwd(), path.join(files.folders.logs, 'api.log'));
  const token = await developmentToken({ root, env });
  process.stdout.write(summary({ env, apiLog, detached, already: true, token }));
}

/**
 * Stays until a signal comes or the API ends by itself.
 * @param {UpFiles} files
 * @param {AbortSignal} signal
 */
async function stayUp(files, signal) {
  const { api } = files.read();
  while (!signal.aborted) {
    if (!proc.isAlive(api)) {
      const log = path.join(files.folders.logs, 'api.log');
      throw new PlainError(`The API has ended by itself. The end of ${log}:\n${tail(log)}`);
    }
    await proc.sleep(250);
  }
}

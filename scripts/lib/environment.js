'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { parseEnv } = require('node:util');

/** @typedef {Record<string, string | undefined>} Env */

/** Name of the private schema. */
const DATABASE = 'prior';

/**
 * @param {string} root
 * @param {Env} [env]
 * @returns {Env} what the user has set: the environment, over the file `.env`
 */
function givenEnv(root, env = process.env) {
  const file = path.join(root, '.env');
  return { ...(fs.existsSync(file) && parseEnv(fs.readFileSync(file, 'utf8'))), ...env };
}

/**
 * @param {Env} given
 * @returns {boolean} true when the database is the user's own, so that no private one is started
 */
const hasOwnDatabase = (given) => Boolean(given.DB_HOST?.trim());

/** @param {Env} given @returns {boolean} */
const hasOwnRedis = (given) => Boolean(given.REDIS_URL?.trim());

/**
 * The variables that `up` decides about: they point the application at the private servers. What the user has set
 * wins, and the variables of the database are taken from one side only, never mixed.
 * @param {object} options
 * @param {Env} options.given
 * @param {Pick<import('./servers').Servers, 'primary' | 'replicas' | 'redis'> | undefined} options.servers the private ones
 * @param {string} options.jwtSecret used when the user has set no key
 * @param {number} options.port
 * @param {number} options.adminPort
 * @returns {Record<string, string>}
 */
function privateEnv({ given, servers, jwtSecret, port, adminPort }) {
  /** @type {Record<string, string>} */
  const env = { PORT: String(port), ADMIN_PORT: String(adminPort) };
  if (!hasOwnDatabase(given) && servers) {
    const { primary, replicas } = servers;
    Object.assign(env, {
      DB_HOST: primary.host,
      DB_PORT: String(primary.port),
      DB_USER: primary.user,
      DB_PASSWORD: primary.password,
      DB_NAME: DATABASE,
      DB_REPLICAS: replicas.map(({ host, port: at }) => `${host}:${at}`).join(','),
    });
  }
  if (!hasOwnRedis(given) && servers?.redis) env.REDIS_URL = servers.redis.url;
  if (!given.JWT_SECRET && !given.JWT_JWKS_URL) env.JWT_SECRET = jwtSecret;
  // A developer who presses Ctrl-C has no load balancer that must look away first.
  if (!given.SHUTDOWN_DELAY_MS) env.SHUTDOWN_DELAY_MS = '0';
  return env;
}

/**
 * The environment of a command that works beside a running `up`.
 * @param {Env} given
 * @param {Record<string, string> | undefined} decided what `up` decided, while it runs
 * @returns {NodeJS.ProcessEnv}
 */
function commandEnv(given, decided) {
  const beside = Object.entries(decided ?? {}).filter(
    ([name]) => !(name.startsWith('DB_') && hasOwnDatabase(given)) && !given[name]?.trim(),
  );
  return { ...given, ...Object.fromEntries(beside) };
}

module.exports = { DATABASE, givenEnv, hasOwnDatabase, hasOwnRedis, privateEnv, commandEnv };

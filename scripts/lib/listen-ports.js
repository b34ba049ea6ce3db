'use strict';
const { isFree } = require('./ports');
const { PlainError } = require('./run');

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} name
 * @param {number} fallback
 * @returns {number}
 */
function portOf(env, name, fallback) {
  const text = env[name]?.trim();
  if (!text) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new PlainError(`${name} must be a port number from 1 to 65535 (it is ${JSON.stringify(text)}).`);
}

/**
 * @param {string} name of the variable
 * @param {number} port
 * @param {string} [host] that will be listened on; every address by default
 * @returns {Promise<number>} the port
 * @throws PlainError when something listens there
 */
async function needFreePort(name, port, host) {
  // A listener on one address does not keep others from all of them on every system, so both are tried.
  const hosts = host && !['0.0.0.0', '::'].includes(host) ? [host] : ['127.0.0.1', '0.0.0.0'];
  for (const one of hosts) {
    if (!(await isFree(port, one))) {
      throw new PlainError(
        `Port ${port} is in use by another program. Choose another one: ${name}=${port + 1} npm run up`,
      );
    }
  }
  return port;
}

module.exports = { portOf, needFreePort };

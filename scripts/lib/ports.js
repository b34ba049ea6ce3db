'use strict';
const net = require('node:net');
const { randomInt } = require('node:crypto');

const LOWEST = 15_000;
const HIGHEST = 32_000;

/**
 * @param {number} port 0 = any
 * @param {string} [host]
 * @returns {Promise<net.Server>} listening; rejects with EADDRINUSE when the port is taken
 */
function hold(port, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** @param {net.Server} server */
const release = (server) => new Promise((resolve) => server.close(resolve));

/**
 * @param {number} port
 * @param {string} [host] the address the port will be listened on
 * @returns {Promise<boolean>}
 */
async function isFree(port, host = '127.0.0.1') {
  try {
    await release(await hold(port, host));
    return true;
  } catch {
    return false;
  }
}

/** Each process looks in a part of its own first: what it was given is free still, and what others were given too. */
const PART = 500;
const own = LOWEST + (process.pid % ((HIGHEST - LOWEST) / PART)) * PART;
let tries = randomInt(PART);

/** Round the process's own part, and anywhere when most of that is taken. @param {number} round */
const candidate = (round) => (round < 3 ? own + (tries++ % PART) : LOWEST + randomInt(HIGHEST - LOWEST));

/**
 * Free ports, all different: they are held together until the last one is known. They lie below the ports that systems
 * give to outgoing connections (Linux from 32768, macOS from 49152; RFC 6335 section 6): whoever asks the system for any
 * port gets one of those, and may find it taken by a connection a moment later.
 * @param {number} count
 * @param {number} [round] how often it was tried before
 * @returns {Promise<number[]>}
 */
async function freePorts(count, round = 0) {
  const held = [];
  while (held.length < count) held.push(await hold(candidate(round)).catch(() => undefined));
  const servers = held.filter((server) => server !== undefined);
  const more = servers.length < count ? await freePorts(count - servers.length, round + 1) : [];
  const ports = servers.map((server) => /** @type {net.AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map(release));
  return [...ports, ...more];
}

/**
 * Wished ports where they are free, any free port elsewhere.
 * @param {(number | undefined)[]} wished
 * @returns {Promise<number[]>}
 */
async function choosePorts(wished) {
  const spare = await freePorts(wished.length);
  return Promise.all(
    wished.map(async (port, i) => (port && (await isFree(port)) ? port : /** @type {number} */ (spare[i]))),
  );
}

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>} true when something accepts connections there
 */
function accepts(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host });
    const end = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

module.exports = { isFree, freePorts, choosePorts, accepts };

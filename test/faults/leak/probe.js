'use strict';
/**
 * Preloaded into a process of the API (NODE_OPTIONS=--require) by check:leak: answers on a port of its own what the
 * process holds, after a forced garbage collection. LEAK_PROBE has its settings as JSON.
 */
const http = require('node:http');
const net = require('node:net');
const { readdirSync } = require('node:fs');
const { queryObjects, setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const { port, databasePorts, redisPort, leaks } = JSON.parse(process.env.LEAK_PROBE ?? '{}');
const apiPort = Number(process.env.PORT);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** @returns {Record<string, number>} open sockets by what they are for */
function sockets() {
  const found = { clients: 0, database: 0, redis: 0, other: 0 };
  for (const handle of process._getActiveHandles()) {
    if (!(handle instanceof net.Socket) || handle.remotePort === undefined) continue;
    if (handle.localPort === apiPort) found.clients += 1;
    else if (databasePorts.includes(handle.remotePort)) found.database += 1;
    else if (handle.remotePort === redisPort) found.redis += 1;
    else if (handle.localPort !== port) found.other += 1;
  }
  return found;
}

/** @returns {number} responses, each with its request, that somebody still holds, but for the probe's own */
function responses() {
  // Node 20.13 and newer.
  return queryObjects ? queryObjects(http.ServerResponse, { format: 'count' }) - 1 : 0;
}

async function held() {
  // Finalizers of the first collection let go of what the next one finds.
  for (let i = 0; i < 3; i += 1) {
    collect();
    await pause();
  }
  const timers = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
  const { heapUsed } = process.memoryUsage();
  const files = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  return { heap: heapUsed, files, timers, requests: responses(), ...sockets() };
}

if (port) {
  const server = http.createServer((request, response) => {
    response.setHeader('connection', 'close');
    void held().then((found) => response.end(JSON.stringify(found)));
  });
  server.listen(port, '127.0.0.1');
  server.unref();
  leakOnPurpose(server);
}

/** What the check has to notice. */
function leakOnPurpose(own) {
  const kept = [];
  let requests = 0;
  const { emit } = http.Server.prototype;
  http.Server.prototype.emit = function (event, ...args) {
    if (event === 'request' && this !== own) {
      requests += 1;
      if (leaks.includes('keep-heap')) kept.push(Array.from({ length: 8_192 }, Math.random));
      if (leaks.includes('keep-requests')) kept.push(args[1]);
      if (leaks.includes('keep-sockets') && requests % 8 === 0) {
        kept.push(net.connect(redisPort, '127.0.0.1').on('error', () => undefined));
      }
    }
    return emit.call(this, event, ...args);
  };
}

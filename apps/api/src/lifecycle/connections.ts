import { type IncomingMessage, Server as HttpServer, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@prior/telemetry';

const LOOK_EVERY_MS = 50;

/**
 * The public server's connections, for a stop that no client notices. It works below Fastify, so that it also sees
 * what Fastify refuses. What the hot path answers it does not see: that is over at once, or goes the long way
 * while the process stops, as loads do that had begun before Fastify.
 */
export class Connections {
  private readonly answering = new Set<ServerResponse>();
  private count = 0;
  private closing = false;

  constructor(private readonly server: HttpServer) {
    server.on('connection', (socket) => {
      this.count += 1;
      socket.once('close', () => (this.count -= 1));
    });
    metrics.http.connections.from([], () => this.count);
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      // One whose client has gone while the hot path looked for its answer would never close again.
      if (response.destroyed) return;
      if (this.closing) response.shouldKeepAlive = false;
      this.answering.add(response);
      response.once('close', () => this.answering.delete(response));
    });
  }

  /** From now on every answer says `Connection: close`, also those that are being made. */
  askToClose(): void {
    this.closing = true;
    // Before everybody else, so that nobody takes a connection for one that stays.
    this.server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      response.shouldKeepAlive = false;
    });
    for (const response of this.answering) if (!response.headersSent) response.shouldKeepAlive = false;
  }

  /** Takes no new connections; those that are open stay, also idle ones (their next request is answered and told to close). */
  stopAccepting(): void {
    // http.Server's own close() would cut idle connections at once, under requests that are on their way.
    if (this.server.listening) NetServer.prototype.close.call(this.server);
  }

  /**
   * Waits until nothing is in flight: idle connections stay open for `lingerMs`, requests may take `graceMs`.
   *
   * @returns the number of requests that had to be cut off
   */
  async drained(lingerMs: number, graceMs: number): Promise<number> {
    const start = performance.now();
    for (;;) {
      const waited = performance.now() - start;
      if (this.count === 0) return 0;
      if (waited >= lingerMs) this.server.closeIdleConnections();
      if (waited >= graceMs) {
        const cut = this.answering.size;
        this.server.closeAllConnections();
        return cut;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
}

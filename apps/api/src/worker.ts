import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '@prior/config';
import { PrimaryQuery } from '@prior/database';
import { AdminRouter } from '@prior/http';
import { metricsSnapshot, stopTracing } from '@prior/telemetry';
import type { Logger } from 'pino';
import { AdminServer } from './admin';
import { assertMigrated } from './migrated';
import { type FromWorker, isMessage, type ToWorker } from './supervisor';
import { Connections, Lifecycle } from './lifecycle';

/** How long idle connections are kept after the listener is closed: a request may be on its way on them, ms. */
const LINGER_MS = 1_000;
const MEMORY_EVERY_MS = 5_000;
/**
 * Connections that may wait to be accepted; the system's own limit (net.core.somaxconn, 4096) holds too. With Node's 511
 * a crowd that comes during one long turn of the event loop is dropped by the kernel, and its clients try again after 1,
 * 3, 7 and 15 s, long after the turn: they are better accepted late and refused at once.
 */
const BACKLOG = 4_096;

/** One process that serves: listens, answers its supervisor, and leaves without losing a request. */
export class ApiWorker {
  private readonly lifecycle: Lifecycle;
  private readonly admin: AdminRouter;
  private readonly adminServer: AdminServer;
  private readonly connections: Connections;
  private leaving: Promise<void> | undefined;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly config: AppConfig,
    private readonly logger: Logger,
    /** Whether a process of ours supervises this one; it then owns the admin port and asks over its channel. */
    private readonly supervised: boolean,
  ) {
    this.lifecycle = app.get(Lifecycle);
    this.admin = app.get(AdminRouter);
    this.adminServer = new AdminServer((request) => this.admin.handle(request));
    this.connections = new Connections(app.getHttpServer() as Server);
  }

  /** @param leave ends this process; called when the supervisor asks for it */
  async start(leave: (delayMs: number) => void): Promise<void> {
    const { host, port, adminHost, adminPort } = this.config.http;
    await assertMigrated(this.app.get(PrimaryQuery), this.config.database.name);
    await this.app.listen({ host, port, backlog: BACKLOG });
    if (this.supervised) this.obeySupervisor(leave);
    else await this.adminServer.listen(adminHost, adminPort);
    this.logger.info({ url: await this.app.getUrl(), worker: process.pid }, 'Serving');
    this.announce();
  }

  /**
   * Leaves: readiness fails → wait → every answer closes its connection → no new connections → what is in flight
   * finishes → modules flush and close. Calling it again returns the same promise.
   *
   * @param delayMs how long balancers get to see that readiness fails
   */
  leave(delayMs: number): Promise<void> {
    this.leaving ??= this.drain(delayMs);
    return this.leaving;
  }

  private async drain(delayMs: number): Promise<void> {
    this.lifecycle.state = 'draining';
    this.logger.info({ delayMs }, 'Stopping');
    await sleep(delayMs);
    this.connections.askToClose();
    this.connections.stopAccepting();
    const { shutdownGraceMs } = this.config.runtime;
    const cut = await this.connections.drained(Math.min(LINGER_MS, shutdownGraceMs / 2), shutdownGraceMs);
    if (cut > 0) this.logger.warn({ cut }, 'Requests were cut off: they took longer than SHUTDOWN_GRACE_MS');
    await this.app.close();
    await this.adminServer.close();
    await stopTracing();
    this.logger.info('Stopped');
  }

  /** For our own supervisor, and for PM2's `wait_ready`. */
  private announce(): void {
    if (this.supervised) this.tell({ type: 'ready' });
    else process.send?.('ready');
  }

  private obeySupervisor(leave: (delayMs: number) => void): void {
    process.on('message', (message: unknown) => {
      if (!isMessage<ToWorker>(message, ['drain', 'metrics', 'admin'])) return;
      if (message.type === 'drain') leave(message.delayMs);
      else void this.answer(message);
    });
    setInterval(() => this.tell({ type: 'memory', rss: process.memoryUsage.rss() }), MEMORY_EVERY_MS).unref();
  }

  private async answer(question: Exclude<ToWorker, { type: 'drain' }>): Promise<void> {
    const { id } = question;
    if (question.type === 'metrics') this.tell({ type: 'answer', id, value: await metricsSnapshot() });
    else {
      const { method, url, body } = question;
      const value = await this.admin.handle({ method, url: new URL(url, 'http://admin'), body });
      this.tell({ type: 'answer', id, value });
    }
  }

  private tell(message: FromWorker): void {
    if (process.connected) process.send?.(message);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { connect, type Server } from '../../support/stack';

const PING_EVERY_MS = 100;
const PING_LIMIT_MS = 400;

/**
 * The check's own eyes on the primary: what has become of writes that nobody acknowledged, and when the primary did not
 * answer.
 */
export class Truth {
  private connection: Connection | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Times without an answer, monotonic ms; the last one may still go on. */
  private readonly outages: { from: number; to: number }[] = [];

  constructor(
    private readonly primary: Server,
    private readonly database: string,
  ) {}

  start(): void {
    void this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.connection?.end().catch(() => undefined);
  }

  /** A fault begins that makes the primary unreachable for somebody. @returns ends it */
  outage(): () => void {
    const outage = { from: performance.now(), to: Infinity };
    this.outages.push(outage);
    return () => {
      outage.to = performance.now();
    };
  }

  /**
   * Whether the primary was down at a time that matters for a read: from a little before it, because a process has to
   * reconnect first.
   */
  wasDown(from: number, to: number, graceMs = 2_500): boolean {
    return this.outages.some((outage) => outage.from <= to && outage.to + graceMs >= from);
  }

  /** Rows of a locking read: whoever is still writing them is waited for. Tries until the primary answers. */
  async ask<Row>(sql: string, params: readonly unknown[]): Promise<Row[]> {
    for (;;) {
      try {
        this.connection ??= await connect(this.primary, this.database);
        const [rows] = await this.connection.query<RowDataPacket[]>(`${sql} FOR UPDATE`, [...params]);
        return rows as Row[];
      } catch {
        this.connection?.destroy();
        this.connection = undefined;
        if (this.stopped) return [];
        await sleep(50);
      }
    }
  }

  private async watch(): Promise<void> {
    let pinger: Connection | undefined;
    let end: (() => void) | undefined;
    while (!this.stopped) {
      const alive = await Promise.race([
        ping(this.primary, pinger).catch(() => undefined),
        sleep(PING_LIMIT_MS).then(() => undefined),
      ]);
      if (!alive) pinger?.destroy();
      pinger = alive;
      if (!alive) end ??= this.outage();
      else {
        end?.();
        end = undefined;
      }
      await sleep(PING_EVERY_MS);
    }
    pinger?.destroy();
    end?.();
  }
}

async function ping(primary: Server, existing: Connection | undefined): Promise<Connection> {
  const connection = existing ?? (await connect(primary));
  await connection.query('SELECT 1');
  return connection;
}

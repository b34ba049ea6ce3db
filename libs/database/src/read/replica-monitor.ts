import { BreakerOpenError } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import { type Circuits, CIRCUIT_RESET_MS } from '../servers/circuits';
import { isServerFailure } from '../servers/errors';
import { limited, type Pools } from '../servers/pools';
import type { Server } from '../servers/server';
import { ReplicaState } from './replica-state';

export interface MonitorOptions {
  /** Pause between rounds, ms. */
  readonly everyMs: number;
  /** A replica further behind gets no reads, ms. */
  readonly maxLagMs: number;
  /** It is taken back below this, ms: lower than `maxLagMs`, so that it does not flap. */
  readonly returnLagMs: number;
  /** How long one server may take to answer a probe, ms. */
  readonly probeMs: number;
  /** A replica that answers, but is too far behind, or is no longer. The breakers say the rest. */
  readonly onLag?: (server: Server, state: 'up' | 'down', why: string) => void;
}

/**
 * Measures every server several times a second by a heartbeat row: written on the primary (by whichever process comes
 * first), read on the replicas. Unlike Seconds_Behind it also shows an applier that stopped, and it has ms. Its probes
 * are what closes the servers' breakers.
 */
export class ReplicaMonitor {
  readonly replicas: readonly ReplicaState[];
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private soon: NodeJS.Timeout | undefined;
  private readonly forget: (() => void)[] = [];
  private waiting: (() => void)[] = [];

  constructor(
    private readonly pools: Pick<Pools, 'forMachinery'>,
    private readonly circuits: Circuits,
    private readonly options: MonitorOptions,
  ) {
    this.replicas = circuits.replicas.map((circuit) => new ReplicaState(circuit));
    for (const replica of this.replicas) {
      this.forget.push(
        metrics.database.replicaLag.from([replica.server.name], () => (replica.lagMs ?? Number.NaN) / 1000),
        metrics.database.replicaHealthy.from([replica.server.name], () => (replica.healthy ? 1 : 0)),
      );
    }
  }

  /** False after the primary failed a probe or a question; loads then do not wait for it again. */
  get primaryUp(): boolean {
    return this.circuits.primary.closed;
  }

  /** Probes once, then goes on until `stop()`. */
  async start(): Promise<void> {
    await this.round();
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.soon);
    this.wake();
    await this.running;
    for (const go of this.waiting.splice(0)) go();
    for (const forget of this.forget) forget();
  }

  /** Something just failed on the primary: believe it now; a probe decides anew as soon as one is let through. */
  suspectPrimary(error: unknown): void {
    this.circuits.primary.trip(error);
    this.probeSoon();
  }

  /** The same for a replica. */
  suspect(replica: ReplicaState, error: unknown): void {
    replica.circuit.trip(error);
    this.probeSoon();
  }

  /** One round of probes. */
  async round(): Promise<void> {
    const beat = await this.beat();
    await Promise.all(this.replicas.map((replica) => this.measure(replica, beat)));
    for (const go of this.waiting.splice(0)) go();
  }

  /** Resolves when the round of probes that is under way, or the next one, has ended. */
  nextRound(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.options.everyMs);
        this.wake = () => (clearTimeout(timer), resolve());
      });
      if (!this.stopped) await this.round();
    }
  }

  /** One lost connection must not cost a whole period. */
  private probeSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.wake(), CIRCUIT_RESET_MS + 5);
  }

  /** Writes the heartbeat unless somebody just has. @returns the primary's clock (ms), undefined when it is down */
  private async beat(): Promise<number | undefined> {
    const { primary } = this.circuits;
    try {
      const rows = await primary.probe(() =>
        this.ask<{ now: string }>(
          primary.server,
          // With many processes only the first of each period writes.
          `UPDATE replica_heartbeat SET at = UTC_TIMESTAMP(6)
            WHERE id = 1 AND at < UTC_TIMESTAMP(6) - INTERVAL ${Math.round(this.options.everyMs * 800)} MICROSECOND`,
          'SELECT UNIX_TIMESTAMP(UTC_TIMESTAMP(6)) AS now',
        ),
      );
      return Number(rows[0]!.now) * 1000;
    } catch {
      return undefined; // the breaker knows, and says so
    }
  }

  private async measure(replica: ReplicaState, primaryNowMs: number | undefined): Promise<void> {
    const { maxLagMs, returnLagMs, onLag } = this.options;
    const before = replica.reason;
    try {
      const [row] = await replica.circuit.probe(() =>
        this.ask<{ at: string }>(
          replica.server,
          'SELECT UNIX_TIMESTAMP(at) AS at FROM replica_heartbeat WHERE id = 1',
        ),
      );
      // Without the primary nobody writes heartbeats: an answering replica is all there is to know.
      if (primaryNowMs !== undefined) replica.lagMs = Math.max(0, primaryNowMs - Number(row?.at ?? 0) * 1000);
      const limit = before === undefined ? maxLagMs : returnLagMs;
      if (primaryNowMs === undefined || (replica.lagMs ?? 0) <= limit) replica.admit();
      else replica.eject(`${Math.round(replica.lagMs ?? 0)} ms behind`);
    } catch (error) {
      if (error instanceof BreakerOpenError) return;
      replica.lagMs = undefined;
      if (!isServerFailure(error)) replica.eject((error as Error).message);
    }
    if ((before === undefined) !== (replica.reason === undefined)) {
      onLag?.(replica.server, replica.healthy ? 'up' : 'down', replica.reason ?? 'caught up');
    }
  }

  /** Runs the statements on one connection. @returns the rows of the last */
  private ask<Row>(server: Server, ...statements: string[]): Promise<Row[]> {
    return this.pools.forMachinery(server, async (connection) => {
      let rows: unknown;
      for (const sql of statements) rows = await limited(connection, server, this.options.probeMs, sql);
      return rows as Row[];
    });
  }
}

import type { LoadContext } from '@prior/http';
import { metrics } from '@prior/telemetry';
import type { PoolConnection } from 'mysql2';
import type { DataSource } from 'typeorm';
import { DatabaseUnavailable, isServerFailure } from '../servers/errors';
import type { Budget } from '../servers/budget';
import type { Circuits, ServerCircuit } from '../servers/circuits';
import { limited, type Pools } from '../servers/pools';
import type { Server } from '../servers/server';
import { SharedQuestion } from './position';
import type { ReplicaMonitor } from './replica-monitor';
import { leastLoaded, type ReplicaState } from './replica-state';
import { Semaphore } from './semaphore';
import { ConnectionSession, type ReadSession, type SessionSetting } from './session';

export interface RouterOptions {
  /** How long a replica may take to reach the primary's position, ms. */
  readonly fenceMs: number;
  /** How the statements of a read are sent. */
  readonly session: SessionSetting;
  /** How long the primary may take to say its position, ms. */
  readonly positionMs: number;
  /** How many reads at once, and where. */
  readonly budget: Budget;
  /** Test harness: reads replicas as they are (mutant `no-fence`). */
  readonly unfenced?: boolean;
  /** Test harness: asks one server, and nobody else when that fails (mutant `no-fallback`). */
  readonly alone?: boolean;
}

/** A replica that could not reach the position in time is left alone this long, ms. */
const REST_MS = 200;
/** Servers that are all away for no longer than this may be there again at the next probe, ms. */
const BLINK_MS = 1_000;

type Work<T> = (session: ReadSession) => Promise<T>;

/**
 * Every read of the catalogue goes through `read`, and every read is fenced: it sees at least all that was committed
 * when `read` was called, however far the replicas lag (race R2 in docs/consistency.md).
 */
export class ReadRouter {
  private readonly position: SharedQuestion<string>;
  private readonly onPrimary: Semaphore;
  /** Reads under way, those without proof included. */
  private readonly reading = new Map<Server, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly pools: Pools,
    private readonly monitor: ReplicaMonitor,
    private readonly circuits: Circuits,
    private readonly options: RouterOptions,
  ) {
    this.position = new SharedQuestion(() => this.askPosition());
    this.onPrimary = new Semaphore(options.budget.primaryReads);
    const { primaryReads, replicaReads } = options.budget;
    const show = ({ server }: ServerCircuit, limit: number) =>
      pools.exportShare(server, 'read', limit, () => this.reading.get(server) ?? 0);
    show(circuits.primary, primaryReads);
    for (const replica of circuits.replicas) show(replica, replicaReads);
  }

  /** How many reads can be under way now: what is admitted beyond it would only wait for connections. */
  get capacity(): number {
    const { primaryReads, replicaReads } = this.options.budget;
    const healthy = this.monitor.replicas.filter((replica) => replica.healthy).length;
    if (healthy > 0) return healthy * replicaReads;
    if (this.monitor.primaryUp) return primaryReads;
    return Math.max(1, this.circuits.replicas.filter(({ closed }) => closed).length) * replicaReads;
  }

  /**
   * Runs `work` on one connection of one server that has everything committed before this call: a replica that reaches
   * the primary's position within `fenceMs`, else the primary. `work` may be run again on another server when the
   * first fails under it, so it must only read.
   *
   * With the primary down there is no position: a replica answers as it is, and the load's context says so
   * (`unproven`), which marks the answer.
   *
   * @param load what it is read for: a handler has it from `@Load()`, and everybody else makes one
   * @throws DatabaseUnavailable when no server answers; otherwise what `work` throws
   */
  async read<T>(load: LoadContext, work: Work<T>): Promise<T> {
    try {
      return await this.readOnce(load, work);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || this.options.alone || !this.onlyBlinked()) throw error;
    }
    await this.monitor.nextRound();
    return this.readOnce(load, work);
  }

  /** A cut that hits every connection at once opens every breaker at once, although all servers are there. */
  private onlyBlinked(): boolean {
    return [this.circuits.primary, ...this.circuits.replicas].some((circuit) => circuit.openMs() <= BLINK_MS);
  }

  private async readOnce<T>(load: LoadContext, work: Work<T>): Promise<T> {
    const replica = leastLoaded(this.monitor.replicas, this.options.budget.replicaReads);
    if (replica && this.monitor.primaryUp) {
      const answer = await this.tryFenced(load, replica, work);
      if (answer) return answer.value;
    } else if (this.monitor.replicas.length > 0) {
      metrics.database.fallbacks.inc(replica ? 'primary_down' : 'no_replica');
    }
    if (this.monitor.primaryUp) {
      try {
        return await this.onPrimary.run(() => this.on(load, this.circuits.primary, work));
      } catch (error) {
        if (!isServerFailure(error)) throw error;
        this.monitor.suspectPrimary(error);
      }
    }
    if (this.options.alone) throw new DatabaseUnavailable('any');
    return this.readUnproven(load, work);
  }

  /** @returns undefined when another server has to answer */
  private async tryFenced<T>(
    load: LoadContext,
    replica: ReplicaState,
    work: Work<T>,
  ): Promise<{ value: T } | undefined> {
    let position = '';
    try {
      if (!this.options.unfenced) position = await this.position.ask();
    } catch (error) {
      if (!isServerFailure(error)) throw error;
      this.monitor.suspectPrimary(error);
      return undefined;
    }
    replica.inFlight += 1;
    try {
      return await this.on(load, replica.circuit, async (session) => {
        if (!(await this.reached(session, position))) {
          replica.rest(REST_MS);
          metrics.database.fallbacks.inc('fence_timeout');
          return undefined;
        }
        return { value: await work(session) };
      });
    } catch (error) {
      if (!isServerFailure(error)) throw error;
      this.monitor.suspect(replica, error);
      if (this.options.alone) throw new DatabaseUnavailable('any', error);
      metrics.database.fallbacks.inc('replica_failed');
      return undefined;
    } finally {
      replica.inFlight -= 1;
    }
  }

  private async reached(session: ConnectionSession, position: string): Promise<boolean> {
    if (this.options.unfenced) return true;
    const outcome = await session.fence(position, this.options.fenceMs);
    metrics.database.fenceWaits.inc(outcome);
    return outcome !== 'timeout';
  }

  /** The primary is down: whoever answers, answers without proof. */
  private async readUnproven<T>(load: LoadContext, work: Work<T>): Promise<T> {
    let failure: unknown;
    const byLag = this.monitor.replicas
      .filter(({ circuit }) => circuit.closed)
      .sort((a, b) => Number(b.healthy) - Number(a.healthy) || (a.lagMs ?? Infinity) - (b.lagMs ?? Infinity));
    for (const replica of byLag) {
      try {
        const value = await this.on(load, replica.circuit, work);
        load.unproven = 'primary-down';
        return value;
      } catch (error) {
        if (!isServerFailure(error)) {
          // That there is no such thing, or that it has moved, is an answer too, and as unproven.
          load.unproven = 'primary-down';
          throw error;
        }
        this.monitor.suspect(replica, error);
        failure = error;
      }
    }
    throw new DatabaseUnavailable('any', failure);
  }

  private async on<T>(
    load: LoadContext,
    circuit: ServerCircuit,
    work: (session: ConnectionSession) => Promise<T>,
  ): Promise<T> {
    const { server } = circuit;
    let session: ConnectionSession | undefined;
    let connection: PoolConnection | undefined;
    this.count(server, 1);
    try {
      connection = await this.pools.acquire(server);
      const { dialect } = this.pools;
      session = new ConnectionSession(
        this.dataSource,
        connection,
        circuit,
        dialect,
        this.options.session,
        load.admitted,
      );
      return await work(session);
    } finally {
      const settling = session?.settled();
      if (settling) await settling;
      connection?.release();
      this.count(server, -1);
    }
  }

  private count(server: Server, more: 1 | -1): void {
    this.reading.set(server, (this.reading.get(server) ?? 0) + more);
  }

  private async askPosition(): Promise<string> {
    const { primary } = this.circuits;
    primary.assertClosed();
    const rows = await this.pools.forMachinery(primary.server, (connection) => {
      metrics.database.queries.inc('primary', primary.server.name);
      const { positionMs } = this.options;
      return limited(connection, primary.server, positionMs, this.pools.dialect.positionSql, [], primary);
    });
    return String((rows as { position: unknown }[])[0]!.position);
  }
}

import { currentContext } from '@prior/http';
import { metrics } from '@prior/telemetry';
import type { DataSource } from 'typeorm';
import { DatabaseUnavailable, isServerFailure } from '../servers/errors';
import { limited, type Pools } from '../servers/pools';
import type { Server } from '../servers/server';
import { SharedQuestion } from './position';
import type { ReplicaMonitor } from './replica-monitor';
import { leastLoaded, type ReplicaState } from './replica-state';
import { Semaphore } from './semaphore';
import { ConnectionSession, type ReadSession } from './session';

export interface RouterOptions {
  /** How long a replica may take to reach the primary's position, ms. */
  readonly fenceMs: number;
  /** How long one statement may stay unanswered before its server counts as silent, ms. */
  readonly statementMs: number;
  /** How long the primary may take to say its position, ms. */
  readonly positionMs: number;
  /** Fallback reads on the primary at once. */
  readonly primaryReads: number;
  /** Test harness: reads replicas as they are (mutant `no-fence`). */
  readonly unfenced?: boolean;
}

/** A replica that could not reach the position in time is left alone this long, ms. */
const REST_MS = 200;

type Work<T> = (session: ReadSession) => Promise<T>;

/**
 * Every read of the catalogue goes through `read`, and every read is fenced: it sees at least all that was committed
 * when `read` was called, however far the replicas lag (race R2 in docs/consistency.md).
 */
export class ReadRouter {
  private readonly position: SharedQuestion<string>;
  private readonly onPrimary: Semaphore;

  constructor(
    private readonly dataSource: DataSource,
    private readonly pools: Pools,
    private readonly monitor: ReplicaMonitor,
    private readonly primary: Server,
    private readonly options: RouterOptions,
  ) {
    this.position = new SharedQuestion(() => this.askPosition());
    this.onPrimary = new Semaphore(options.primaryReads);
  }

  /**
   * Runs `work` on one connection of one server that has everything committed before this call: a replica that reaches
   * the primary's position within `fenceMs`, else the primary. `work` may be run again on another server when the
   * first fails under it, so it must only read.
   *
   * With the primary down there is no position: a replica answers as it is, and the request's context says so
   * (`unproven`), which marks the answer.
   *
   * @throws DatabaseUnavailable when no server answers; otherwise what `work` throws
   */
  async read<T>(work: Work<T>): Promise<T> {
    const replica = leastLoaded(this.monitor.replicas);
    if (replica && this.monitor.primaryUp) {
      const answer = await this.tryFenced(replica, work);
      if (answer) return answer.value;
    } else if (this.monitor.replicas.length > 0) {
      metrics.database.fallbacks.inc(replica ? 'primary_down' : 'no_replica');
    }
    if (this.monitor.primaryUp) {
      try {
        return await this.onPrimary.run(() => this.on(this.primary, work));
      } catch (error) {
        if (!isServerFailure(error)) throw error;
        this.monitor.suspectPrimary((error as Error).message);
      }
    }
    return this.readUnproven(work);
  }

  /** @returns undefined when another server has to answer */
  private async tryFenced<T>(replica: ReplicaState, work: Work<T>): Promise<{ value: T } | undefined> {
    let position = '';
    try {
      if (!this.options.unfenced) position = await this.position.ask();
    } catch (error) {
      if (!isServerFailure(error)) throw error;
      this.monitor.suspectPrimary((error as Error).message);
      return undefined;
    }
    replica.inFlight += 1;
    try {
      return await this.on(replica.server, async (session) => {
        if (!(await this.reached(session, position))) {
          replica.rest(REST_MS);
          metrics.database.fallbacks.inc('fence_timeout');
          return undefined;
        }
        return { value: await work(session) };
      });
    } catch (error) {
      if (!isServerFailure(error)) throw error;
      replica.eject((error as Error).message);
      metrics.database.fallbacks.inc('replica_failed');
      return undefined;
    } finally {
      replica.inFlight -= 1;
    }
  }

  /**
   * Waits on the replica's own connection, in autocommit: inside a transaction the SELECTs that follow would still
   * see the snapshot from before the wait.
   */
  private async reached(session: ReadSession, position: string): Promise<boolean> {
    if (this.options.unfenced) return true;
    const [row] = await session.query<Record<string, unknown>>('fence.wait', session.dialect.waitSql, [
      position,
      this.options.fenceMs / 1000,
    ]);
    const reached = session.dialect.waitSucceeded(row);
    metrics.database.fenceWaits.inc(reached ? 'reached' : 'timeout');
    return reached;
  }

  /** The primary is down: whoever answers, answers without proof. */
  private async readUnproven<T>(work: Work<T>): Promise<T> {
    let failure: unknown;
    const byLag = [...this.monitor.replicas].sort(
      (a, b) => Number(b.healthy) - Number(a.healthy) || (a.lagMs ?? Infinity) - (b.lagMs ?? Infinity),
    );
    for (const replica of byLag) {
      try {
        const value = await this.on(replica.server, work);
        const context = currentContext();
        if (context) context.unproven = 'primary-down';
        return value;
      } catch (error) {
        if (!isServerFailure(error)) throw error;
        replica.eject((error as Error).message);
        failure = error;
      }
    }
    throw new DatabaseUnavailable('any', failure);
  }

  private async on<T>(server: Server, work: Work<T>): Promise<T> {
    const connection = await this.pools.acquire(server);
    try {
      const limitMs = this.options.statementMs;
      const session = new ConnectionSession(this.dataSource, connection, server, this.pools.dialect, limitMs);
      const value = await work(session);
      currentContext()?.servers.push(server.name);
      return value;
    } finally {
      connection.release();
    }
  }

  private async askPosition(): Promise<string> {
    const connection = await this.pools.acquire(this.primary);
    try {
      metrics.database.queries.inc('primary', this.primary.name);
      const { positionMs } = this.options;
      const rows = await limited(connection, this.primary, positionMs, this.pools.dialect.positionSql);
      return String((rows as { position: unknown }[])[0]!.position);
    } finally {
      connection.release();
    }
  }
}

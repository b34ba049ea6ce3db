import { metrics } from '@prior/telemetry';
import type { DataSource } from 'typeorm';
import type { PoolConnection } from 'mysql2';
import { Problem } from '@prior/http';
import { lateTimer } from '@prior/resilience';
import { type Dialect, dialectOf } from '../dialect';
import { machineryOf } from './budget';
import type { ServerCircuit } from './circuits';
import { ServerSilent } from './errors';
import { KeptConnections } from './kept-connections';
import type { Server } from './server';

interface Pool {
  readonly _allConnections: { readonly length: number };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
  readonly config: { readonly connectionLimit: number };
}

interface PoolCluster {
  getConnection(node: string, callback: (error: Error | null, connection: PoolConnection) => void): void;
  readonly _nodes: Readonly<Record<string, { readonly pool: Pool }>>;
}

/** The parts of TypeORM's MysqlDriver that are set or read here. */
interface ReplicatedDriver {
  poolCluster: PoolCluster;
  version?: string;
  obtainMasterConnection(): Promise<PoolConnection>;
  obtainSlaveConnection(): Promise<PoolConnection>;
  prepareDbConnection(connection: PoolConnection): PoolConnection;
}

/** MariaDB cuts JSON_ARRAYAGG there; some have set a few hundred bytes for everybody. */
const AGGREGATE_BYTES = 1_048_576;

/**
 * Connections to exact servers. TypeORM's driver picks a random slave; here whoever asks says which server, and
 * TypeORM's own query runners get what the `choose` function says.
 */
export class Pools {
  private readonly driver: ReplicatedDriver;
  private readonly prepared = new WeakSet<PoolConnection>();
  private readonly kept = new Map<Server, KeptConnections>();
  private dialectSeen: Dialect | undefined;

  constructor(
    dataSource: DataSource,
    private readonly primary: Server,
    private readonly replicas: readonly Server[],
    private readonly limits: { readonly acquireMs: number; readonly statementMs: number },
  ) {
    this.driver = dataSource.driver as unknown as ReplicatedDriver;
    for (const server of [primary, ...replicas])
      this.kept.set(
        server,
        new KeptConnections(
          () => this.acquire(server),
          () => machineryOf(this.sizeOf(server)),
        ),
      );
    this.driver.obtainMasterConnection = () => this.acquire(primary);
    this.driver.obtainSlaveConnection = () => this.acquire(replicas[0] ?? primary);
    this.exportPoolSizes();
  }

  /** TypeORM's slave query runners go where `choose` says; undefined means the primary. */
  routeSlaves(choose: () => Server | undefined): void {
    this.driver.obtainSlaveConnection = () => this.acquire(choose() ?? this.primary);
  }

  /**
   * With the primary dead `DataSource.initialize()` fails, because it asks only the master for its version. While this
   * is on, a replica answers for it, so that a worker starts read-only.
   */
  standInForPrimary(on: boolean): void {
    this.driver.obtainMasterConnection = on ? () => this.acquireAny() : () => this.acquire(this.primary);
  }

  /** Known after the first connection to any server. */
  get dialect(): Dialect {
    if (!this.dialectSeen)
      throw new Error('No database server has been reached yet, so its dialect is unknown.');
    return this.dialectSeen;
  }

  /**
   * A connection to this very server, its session prepared (UTC, server-side statement limit). Release it in `finally`.
   * @throws ServerSilent, the driver's error when it cannot be reached, or Problem database_busy when all connections
   *   are taken: that says nothing about the server
   */
  acquire(server: Server): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      if (!this.driver.poolCluster) return reject(new Error('The pools are closed.'));
      let late = false;
      const full = this.allTaken(server);
      const stop = lateTimer(this.limits.acquireMs, () => {
        late = true;
        const waited = full && this.allTaken(server);
        reject(
          waited
            ? new Problem('database_busy')
            : new ServerSilent(server.name, 'connecting', this.limits.acquireMs),
        );
      });
      this.driver.poolCluster.getConnection(server.node, (error, connection) => {
        stop();
        if (late) return void connection?.release();
        if (error) return reject(error);
        if (this.prepared.has(connection)) return resolve(connection);
        this.prepare(connection, server).then(resolve, (failure: unknown) => {
          connection.destroy();
          reject(failure as Error);
        });
      });
    });
  }

  /**
   * Runs work of the machinery (drains, positions, probes, plans) on a connection that features do not get. @throws as
   * {@link acquire}, or what the work throws
   */
  forMachinery<T>(server: Server, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    return this.kept.get(server)!.use(work);
  }

  /** Ends the statement that another connection is running. The server lets an account end its own. */
  async kill(server: Server, threadId: number): Promise<void> {
    // Not one of the machinery's: when a server is slow, many hang up at once.
    const connection = await this.acquire(server);
    try {
      await limited(connection, server, this.limits.acquireMs, `KILL QUERY ${threadId}`);
    } finally {
      connection.release();
    }
  }

  /** Shows what one kind of work may use of a server's connections, and uses: the pool has more than that. */
  exportShare(server: Server, kind: 'read' | 'write', limit: number, used: () => number): void {
    const gauge = (state: string, read: () => number) =>
      metrics.database.shares.from([server.role, server.name, kind, state], () =>
        this.poolOf(server) ? read() : 0,
      );
    gauge('used', used);
    gauge('limit', () => limit);
  }

  private poolOf(server: Server): Pool | undefined {
    return this.driver.poolCluster?._nodes[server.node]?.pool;
  }

  private sizeOf(server: Server): number {
    return this.poolOf(server)?.config.connectionLimit ?? 0;
  }

  private allTaken(server: Server): boolean {
    const pool = this.poolOf(server);
    return (
      pool !== undefined &&
      pool._freeConnections.length === 0 &&
      pool._allConnections.length >= pool.config.connectionLimit
    );
  }

  private async acquireAny(): Promise<PoolConnection> {
    let failure: unknown;
    for (const server of [this.primary, ...this.replicas]) {
      try {
        return await this.acquire(server);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  private async prepare(connection: PoolConnection, server: Server): Promise<PoolConnection> {
    this.driver.prepareDbConnection(connection);
    const run = (sql: string) => limited(connection, server, this.limits.acquireMs, sql);
    if (!this.dialectSeen) {
      const [row] = (await run('SELECT VERSION() AS version')) as { version: string }[];
      this.dialectSeen = dialectOf(row!.version);
    }
    const limit = this.dialectSeen.sessionLimitSql(this.limits.statementMs);
    await run(`${limit}, time_zone = '+00:00', group_concat_max_len = ${AGGREGATE_BYTES}`);
    this.prepared.add(connection);
    return connection;
  }

  private exportPoolSizes(): void {
    for (const server of [this.primary, ...this.replicas]) {
      const gauge = (state: string, read: (p: Pool) => number) =>
        metrics.database.poolConnections.from([server.role, server.name, state], () => {
          const p = this.poolOf(server);
          return p ? read(p) : 0;
        });
      const idle = (p: Pool) => p._freeConnections.length + this.kept.get(server)!.size;
      gauge('used', (p) => p._allConnections.length - idle(p));
      gauge('idle', idle);
      gauge('waiting', (p) => p._connectionQueue.length);
      gauge('limit', (p) => p.config.connectionLimit);
    }
  }
}

/**
 * One statement with a limit on the waiting. mysql2's own time-out would give the busy connection back to the pool;
 * here it is cut, as nobody knows what it will still answer.
 *
 * @param circuit also ends the waiting as soon as anybody finds the server silent
 * @throws ServerSilent
 */
export function limited(
  connection: PoolConnection,
  server: Server,
  ms: number,
  sql: string,
  params: readonly unknown[] = [],
  circuit?: ServerCircuit,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (error: Error) => {
      settle();
      cut(connection);
      reject(error);
    };
    const stop = lateTimer(ms, () => end(new ServerSilent(server.name, sql.slice(0, 60), ms)));
    const forget = circuit?.onSilence(end);
    const settle = () => {
      stop();
      forget?.();
    };
    connection.query(sql, params as unknown[], (error, rows) => {
      settle();
      if (error) reject(error);
      else resolve(rows);
    });
  });
}

/** Out of the pool, and no waiting for a server that may never say goodbye. */
export function cut(connection: PoolConnection): void {
  connection.destroy();
  (connection as unknown as { stream: { destroy(): void } }).stream.destroy();
}

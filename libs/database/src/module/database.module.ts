import { type DynamicModule, Global, Logger, Module, type Provider } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { getDataSourceToken } from '@nestjs/typeorm';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { currentContext, DATABASE_ADMISSION, type DatabaseAdmission, openAdmission } from '@prior/http';
import type { DataSource } from 'typeorm';
import { ReadRouter } from '../read/read-router';
import { ReplicaMonitor } from '../read/replica-monitor';
import { SlowQueries } from '../read/slow-queries';
import { type Budget, budgetOf } from '../servers/budget';
import { type Circuits, makeCircuits } from '../servers/circuits';
import { Pools } from '../servers/pools';
import type { Server } from '../servers/server';
import { PrimaryQuery } from '../write/primary-query';
import { PublishedRows } from '../write/published-rows';
import { TAG_PUBLISHER, type TagPublisher } from '../write/publisher';
import { UnitOfWork, type UnitOfWorkHooks } from '../write/unit-of-work';
import { ConnectionModule, typeOrmModule } from './connection.module';
import { DatabaseLifecycle } from './lifecycle';
import { DATABASE_SERVERS, type DatabaseServers } from './tokens';

export interface DatabaseModuleOptions {
  /** Entity classes of all features. */
  readonly entities: readonly (new () => object)[];
}

const FENCE_MS = 50;
const POSITION_MS = 500;
const MONITOR = { everyMs: 250, maxLagMs: 2_000, returnLagMs: 1_000, probeMs: 1_000 };
/** The server stops a statement itself; only one that does not even say so in this time is silent, ms. */
const SILENCE_MS = 500;
const SLOW_EVERY_MS = 10_000;

const CIRCUITS = Symbol('CIRCUITS');

const budget = ({ database, runtime }: AppConfig): Budget =>
  budgetOf(database.poolSizePerWorker(runtime.workers), database.replicas.length);

const provide = <T>(token: unknown, inject: unknown[], useFactory: (...args: never[]) => T | Promise<T>) =>
  ({ provide: token, inject, useFactory }) as Provider;

/** Pools, read router, replica monitor, unit of work and outbox, for every feature. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot({ entities }: DatabaseModuleOptions): DynamicModule {
    const providers: Provider[] = [
      provide(CIRCUITS, [DATABASE_SERVERS], circuitsOf),
      provide(ReplicaMonitor, [Pools, CIRCUITS], makeMonitor),
      provide(ReadRouter, [getDataSourceToken(), Pools, ReplicaMonitor, CIRCUITS, APP_CONFIG], makeRouter),
      provide(
        PrimaryQuery,
        [Pools, CIRCUITS],
        (pools: Pools, { primary }: Circuits) => new PrimaryQuery(pools, primary, MONITOR.probeMs),
      ),
      provide(
        PublishedRows,
        [PrimaryQuery],
        (primary: PrimaryQuery) => new PublishedRows((sql, params) => primary.run(sql, params)),
      ),
      provide(
        UnitOfWork,
        [
          getDataSourceToken(),
          Pools,
          CIRCUITS,
          ReplicaMonitor,
          TAG_PUBLISHER,
          PublishedRows,
          EventEmitter2,
          APP_CONFIG,
          { token: DATABASE_ADMISSION, optional: true },
        ],
        makeUnitOfWork,
      ),
      provide(
        DatabaseLifecycle,
        [ReplicaMonitor, PublishedRows, CIRCUITS],
        (monitor: ReplicaMonitor, rows: PublishedRows, circuits: Circuits) =>
          new DatabaseLifecycle(monitor, rows, circuits),
      ),
    ];
    return {
      module: DatabaseModule,
      imports: [EventEmitterModule.forRoot(), ConnectionModule.forRoot(entities), typeOrmModule()],
      providers,
      exports: [ReadRouter, ReplicaMonitor, UnitOfWork, PrimaryQuery],
    };
  }
}

const changes =
  (name: string) =>
  (server: Server, state: 'up' | 'down', why: string): void => {
    const logger = new Logger(name);
    const text = `${server.role} ${server.name} is ${state}: ${why}`;
    if (state === 'up') logger.log(text);
    else logger.warn(text);
  };

const circuitsOf = ({ primary, replicas }: DatabaseServers): Circuits =>
  makeCircuits(primary, replicas, changes('Database'));

async function makeMonitor(pools: Pools, circuits: Circuits): Promise<ReplicaMonitor> {
  const monitor = new ReplicaMonitor(pools, circuits, { ...MONITOR, onLag: changes('ReplicaMonitor') });
  await monitor.start();
  return monitor;
}

function makeRouter(
  dataSource: DataSource,
  pools: Pools,
  monitor: ReplicaMonitor,
  circuits: Circuits,
  config: AppConfig,
): ReadRouter {
  const logger = new Logger('Database');
  const slow = new SlowQueries(pools, {
    fromMs: config.database.slowQueryMs,
    everyMs: SLOW_EVERY_MS,
    log: (text, fields) => logger.warn(text, fields),
  });
  return new ReadRouter(dataSource, pools, monitor, circuits, {
    fenceMs: FENCE_MS,
    positionMs: POSITION_MS,
    session: {
      statementMs: config.database.statementTimeoutMs,
      silenceMs: SILENCE_MS,
      kill: (server, threadId) => pools.kill(server, threadId),
      done: (...statement) => slow.note(...statement),
      delayMs: config.runtime.testQueryDelayMs,
    },
    budget: budget(config),
    unfenced: config.runtime.mutants.includes('no-fence'),
    alone: config.runtime.mutants.includes('no-fallback'),
  });
}

function makeUnitOfWork(
  dataSource: DataSource,
  pools: Pools,
  { primary }: Circuits,
  monitor: ReplicaMonitor,
  publisher: TagPublisher,
  rows: PublishedRows,
  emitter: EventEmitter2,
  config: AppConfig,
  admission: DatabaseAdmission = openAdmission,
): UnitOfWork {
  const { runtime, traffic } = config;
  const noRowLock = runtime.mutants.includes('no-row-lock');
  const hooks: UnitOfWorkHooks = {
    admit: (work) =>
      admission.run('write', currentContext()?.signal, traffic.deadlineMs, ({ remainingMs }) =>
        work(remainingMs),
      ),
    failed: (error) => monitor.suspectPrimary(error),
    rewrite: noRowLock ? (sql) => sql.replace(/\s+FOR UPDATE/gi, '') : undefined,
    delayMs: runtime.testQueryDelayMs,
    committed: (events, published) => {
      const context = currentContext();
      if (context && events.length > 0) context.written = { published };
      for (const event of events) emitter.emit(event.name, event.payload);
    },
  };
  const atOnce = budget(config).writes;
  const unitOfWork = new UnitOfWork(dataSource, primary, publisher, rows, hooks, {
    atOnce,
    silenceMs: SILENCE_MS,
  });
  pools.exportShare(primary.server, 'write', atOnce, () => unitOfWork.underWay);
  return unitOfWork;
}

import { type DynamicModule, Global, Logger, Module, type Provider } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { getDataSourceToken } from '@nestjs/typeorm';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { currentContext, DATABASE_ADMISSION, type DatabaseAdmission, openAdmission } from '@prior/http';
import type { DataSource } from 'typeorm';
import { ReadRouter } from '../read/read-router';
import { ReplicaMonitor } from '../read/replica-monitor';
import { Pools } from '../servers/pools';
import { PrimaryQuery } from '../write/primary-query';
import { PublishedRows } from '../write/published-rows';
import { TAG_PUBLISHER, type TagPublisher } from '../write/publisher';
import { UnitOfWork } from '../write/unit-of-work';
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

const workers = (config: AppConfig) => config.runtime.workers;

const provide = <T>(token: unknown, inject: unknown[], useFactory: (...args: never[]) => T | Promise<T>) =>
  ({ provide: token, inject, useFactory }) as Provider;

/** Pools, read router, replica monitor, unit of work and outbox, for every feature. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot({ entities }: DatabaseModuleOptions): DynamicModule {
    const providers: Provider[] = [
      provide(ReplicaMonitor, [Pools, DATABASE_SERVERS], makeMonitor),
      provide(
        ReadRouter,
        [getDataSourceToken(), Pools, ReplicaMonitor, DATABASE_SERVERS, APP_CONFIG],
        makeRouter,
      ),
      provide(
        PrimaryQuery,
        [Pools, DATABASE_SERVERS],
        (pools: Pools, servers: DatabaseServers) => new PrimaryQuery(pools, servers.primary, MONITOR.probeMs),
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
          DATABASE_SERVERS,
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
        [ReplicaMonitor, PublishedRows],
        (monitor: ReplicaMonitor, rows: PublishedRows) => new DatabaseLifecycle(monitor, rows),
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

async function makeMonitor(pools: Pools, servers: DatabaseServers): Promise<ReplicaMonitor> {
  const logger = new Logger('ReplicaMonitor');
  const monitor = new ReplicaMonitor(pools, servers.primary, servers.replicas, {
    ...MONITOR,
    onChange: (server, state, why) => {
      const text = `${server.role} ${server.name} is ${state}: ${why}`;
      if (state === 'up') logger.log(text);
      else logger.warn(text);
    },
  });
  await monitor.start();
  return monitor;
}

function makeRouter(
  dataSource: DataSource,
  pools: Pools,
  monitor: ReplicaMonitor,
  servers: DatabaseServers,
  config: AppConfig,
): ReadRouter {
  return new ReadRouter(dataSource, pools, monitor, servers.primary, {
    fenceMs: FENCE_MS,
    positionMs: POSITION_MS,
    // The server stops the statement itself; this only catches servers that say nothing at all.
    statementMs: config.database.statementTimeoutMs + 500,
    primaryReads: Math.max(2, Math.floor(config.database.poolSizePerWorker(workers(config)) / 3)),
    unfenced: config.runtime.mutants.includes('no-fence'),
  });
}

function makeUnitOfWork(
  dataSource: DataSource,
  servers: DatabaseServers,
  publisher: TagPublisher,
  rows: PublishedRows,
  emitter: EventEmitter2,
  { runtime, traffic }: AppConfig,
  admission: DatabaseAdmission = openAdmission,
): UnitOfWork {
  const noRowLock = runtime.mutants.includes('no-row-lock');
  return new UnitOfWork(dataSource, servers.primary, publisher, rows, {
    admit: (work) => admission.run('write', currentContext()?.signal, traffic.deadlineMs, work),
    rewrite: noRowLock ? (sql) => sql.replace(/\s+FOR UPDATE/gi, '') : undefined,
    committed: (events, published) => {
      const context = currentContext();
      if (context && events.length > 0) context.written = { published };
      for (const event of events) emitter.emit(event.name, event.payload);
    },
  });
}

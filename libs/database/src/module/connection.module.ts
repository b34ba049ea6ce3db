import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { dataSourceOptions } from '../servers/data-source-options';
import { Pools } from '../servers/pools';
import { serversOf } from '../servers/server';
import { connect, type Connected } from './connect';
import { DATABASE_SERVERS, type DatabaseServers } from './tokens';

const CONNECTED = Symbol('CONNECTED');

/** Connects before TypeORM's own module would, because that one cannot start without the primary. */
@Global()
@Module({})
export class ConnectionModule {
  static forRoot(entities: readonly (new () => object)[]): DynamicModule {
    return {
      module: ConnectionModule,
      providers: [
        {
          provide: DATABASE_SERVERS,
          inject: [APP_CONFIG],
          useFactory: ({ database }: AppConfig) => serversOf(database.primary, database.replicas),
        },
        {
          provide: CONNECTED,
          inject: [APP_CONFIG, DATABASE_SERVERS],
          useFactory: ({ database, runtime }: AppConfig, servers: DatabaseServers) =>
            connect(dataSourceOptions(database, runtime.workers, entities), servers, {
              acquireMs: database.connectTimeoutMs + 500,
              statementMs: database.statementTimeoutMs,
            }),
        },
        { provide: Pools, inject: [CONNECTED], useFactory: ({ pools }: Connected) => pools },
      ],
      exports: [CONNECTED, DATABASE_SERVERS, Pools],
    };
  }
}

/** TypeORM's module around the connection that exists already: repositories, entity managers, closing at shutdown. */
export function typeOrmModule(): DynamicModule {
  return TypeOrmModule.forRootAsync({
    inject: [CONNECTED],
    useFactory: (connected: Connected) => ({ ...connected.dataSource.options, connected }),
    dataSourceFactory: (options) =>
      Promise.resolve((options as unknown as { connected: Connected }).connected.dataSource),
  });
}

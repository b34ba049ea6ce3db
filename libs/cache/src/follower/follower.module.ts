import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { PrimaryQuery, tablesOf } from '@prior/database';
import { RedisConnection } from '@prior/resilience';
import { CachePublisher } from '../module/publisher';
import { BinlogFollower } from './binlog-follower';
import { refuseUnheard, type RowRule } from './row-rule';

export interface FollowerModuleOptions {
  /** The application's. Each one's table needs a rule. */
  readonly entities: readonly (new () => object)[];
  /** Of all features: which cached facts a row decides. */
  readonly rules: readonly RowRule[];
}

/** Hears of writers outside the API, when BINLOG_FOLLOW says so. */
@Global()
@Module({})
export class FollowerModule {
  /** @throws Error that names the tables without a rule */
  static forRoot({ entities, rules }: FollowerModuleOptions): DynamicModule {
    refuseUnheard(tablesOf(entities), rules);
    return {
      module: FollowerModule,
      providers: [
        {
          provide: BinlogFollower,
          inject: [APP_CONFIG, RedisConnection, PrimaryQuery, CachePublisher],
          useFactory: (
            { cache, database }: AppConfig,
            redis: RedisConnection,
            primary: PrimaryQuery,
            publisher: CachePublisher,
          ) =>
            new BinlogFollower(cache.followBinlog, redis, {
              server: {
                ...database.primary,
                user: database.user,
                password: database.password,
                connectTimeoutMs: database.connectTimeoutMs,
              },
              rules,
              run: (sql, params) => primary.run(sql, params),
              publish: (session, drops) => publisher.publishIn(session, drops),
            }),
        },
      ],
      exports: [BinlogFollower],
    };
  }
}

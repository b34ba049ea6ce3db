import { type DynamicModule, Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { RedisConnection } from './connection';

/** The one Redis connection of the process. A start without Redis is no failure: it is looked for until it is there. */
@Global()
@Module({})
export class RedisModule implements OnApplicationShutdown {
  constructor(private readonly redis: RedisConnection) {}

  static forRoot(): DynamicModule {
    return {
      module: RedisModule,
      providers: [{ provide: RedisConnection, inject: [APP_CONFIG], useFactory: connect }],
      exports: [RedisConnection],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.redis.stop();
  }
}

async function connect({ redis, runtime, database }: AppConfig): Promise<RedisConnection> {
  const logger = new Logger('Redis');
  const connection = new RedisConnection({
    mode: redis.mode,
    url: redis.url,
    nodes: redis.nodes,
    // Not its address: processes may know the same server by different names.
    namespace: database.name,
    commandTimeoutMs: redis.commandTimeoutMs,
    connectTimeoutMs: redis.connectTimeoutMs,
    fixedGeneration: runtime.mutants.includes('no-generation') ? 'run_id:mutant' : undefined,
    withoutLease: runtime.mutants.includes('no-lease'),
    onChange: (event, detail) => {
      if (event === 'up') logger.log(`up, generation ${detail}`);
      else logger.warn(`down: ${detail}`);
    },
  });
  await connection.start();
  if (!connection.session()) logger.warn('not reachable yet; every read goes to the database until it is');
  return connection;
}

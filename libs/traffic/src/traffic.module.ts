import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Global,
  Inject,
  Injectable,
  Logger,
  Module,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { budgetOf, ReadRouter } from '@prior/database';
import { Authenticator, DATABASE_ADMISSION } from '@prior/http';
import { RedisConnection } from '@prior/resilience';
import { ClientAddresses } from './address/client-address';
import { AdmissionGate } from './admission/admission-gate';
import { InFlightGate } from './admission/in-flight-gate';
import { Door } from './door/door';
import { TrafficGuard } from './door/throttler.guard';
import { RateLimiter } from './rate-limit/limiter';
import { Quotas } from './rate-limit/quotas';
import { GcraThrottlerStorage } from './rate-limit/storage';

/** Loads run on the replicas where there are any, so these are the connections that count. */
const slotsOf = ({ database, runtime }: AppConfig): number => {
  const replicas = database.replicas.length;
  const { replicaReads, primaryReads } = budgetOf(database.poolSizePerWorker(runtime.workers), replicas);
  return replicas > 0 ? replicaReads * replicas : primaryReads;
};

const core = [
  {
    provide: ClientAddresses,
    inject: [APP_CONFIG],
    useFactory: ({ traffic }: AppConfig) => new ClientAddresses(traffic.trustProxy),
  },
  {
    provide: RateLimiter,
    inject: [APP_CONFIG, RedisConnection],
    useFactory: ({ runtime, database }: AppConfig, redis: RedisConnection) =>
      new RateLimiter({
        session: () => redis.session(),
        namespace: database.name,
        mutants: runtime.mutants,
      }),
  },
  {
    provide: InFlightGate,
    inject: [APP_CONFIG],
    useFactory: ({ traffic, http, runtime }: AppConfig) =>
      new InFlightGate(traffic.maxInFlight, http.corsOrigins, runtime.mutants.includes('no-admission')),
  },
  {
    provide: AdmissionGate,
    inject: [APP_CONFIG, InFlightGate, { token: ReadRouter, optional: true }],
    useFactory: (config: AppConfig, inFlight: InFlightGate, router?: ReadRouter) =>
      new AdmissionGate({
        slots: slotsOf(config),
        open: () => inFlight.inFlight,
        capacity: router && (() => router.capacity),
        mutants: config.runtime.mutants,
      }),
  },
  { provide: DATABASE_ADMISSION, useExisting: AdmissionGate },
  {
    provide: Door,
    inject: [APP_CONFIG, ClientAddresses, RateLimiter, Authenticator],
    useFactory: (
      { traffic }: AppConfig,
      addresses: ClientAddresses,
      limiter: RateLimiter,
      who: Authenticator,
    ) => {
      const logger = new Logger('Traffic');
      return new Door(addresses, new Quotas(traffic), limiter, who, (text) => logger.warn(text));
    },
  },
];

/** Before the others' onApplicationShutdown: what is counted is settled while Redis is still connected. */
@Injectable()
class TrafficShutdown implements BeforeApplicationShutdown {
  constructor(
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(AdmissionGate) private readonly gate: AdmissionGate,
    @Inject(InFlightGate) private readonly inFlight: InFlightGate,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.gate.close();
    this.inFlight.close();
    await this.limiter.close();
  }
}

@Global()
@Module({ providers: [...core, TrafficShutdown], exports: core.map(({ provide }) => provide) })
class TrafficCoreModule {}

/**
 * Rate limits and admission. The hooks that use it before Nest's pipeline are added by `registerAdmission` and
 * `registerRateLimit`; whatever needs the database asks DATABASE_ADMISSION.
 */
@Module({})
export class TrafficModule {
  static forRoot(): DynamicModule {
    return {
      module: TrafficModule,
      imports: [
        TrafficCoreModule,
        ThrottlerModule.forRootAsync({
          inject: [APP_CONFIG, RateLimiter],
          useFactory: ({ traffic }: AppConfig, limiter: RateLimiter) => ({
            throttlers: [{ name: 'default', limit: traffic.readPerMin, ttl: 60_000 }],
            storage: new GcraThrottlerStorage(limiter),
          }),
        }),
      ],
      providers: [{ provide: APP_GUARD, useClass: TrafficGuard }],
    };
  }
}

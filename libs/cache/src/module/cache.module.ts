import { Global, Module, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { CacheModule as ValuesModule } from '@nestjs/cache-manager';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import { PrimaryQuery, TAG_PUBLISHER } from '@prior/database';
import { DATABASE_ADMISSION, type DatabaseAdmission, openAdmission } from '@prior/http';
import { EntryStore, keyvOf, RedisConnection } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import { CachedReads } from '../engine/cached-reads';
import { EarlyLooks } from '../engine/early-looks';
import { Loader } from '../engine/loader';
import { SecondTier } from '../engine/second-tier';
import { L1_TRUST_MS } from '../engine/trust';
import { Edge, openEdge } from '../edge/open-edge';
import { CacheInterceptor } from '../http/cache.interceptor';
import { DirectHandlers } from '../http/direct-handlers';
import { EarlyAnswers } from '../http/early-answers';
import { EarlyLoads } from '../http/early-loads';
import { Questions } from '../http/questions';
import { Responder } from '../http/responder';
import { drainOutbox, outboxOn } from '../protocol/drain';
import { DrainGate, DRAIN_GATE } from '../protocol/drain-gate';
import { DropFeed } from '../protocol/drop-feed';
import { KnownVersions } from '../protocol/known-versions';
import { switchesOf } from '../switches';
import { L1 } from '../tiers/l1';
import { Lifetime } from '../tiers/lifetime';
import { ConsistencyTokens } from '../token/consistency-token';
import { cachedHandlers, refuseWrongCaching } from './cached-handlers';
import { CachePublisher } from './publisher';

const provide = <T>(token: unknown, inject: unknown[], useFactory: (...args: never[]) => T): Provider =>
  ({ provide: token, inject, useFactory }) as Provider;

const providers: Provider[] = [
  provide(Lifetime, [APP_CONFIG], makeLifetime),
  provide(
    L1,
    [APP_CONFIG, Lifetime],
    ({ cache }: AppConfig, lifetime: Lifetime) => new L1(cache.l1MaxBytes, lifetime),
  ),
  provide(
    KnownVersions,
    [RedisConnection],
    (redis: RedisConnection) => new KnownVersions(() => redis.session()),
  ),
  provide(Edge, [APP_CONFIG], openEdge),
  provide(CachePublisher, [RedisConnection, KnownVersions, L1, Edge], makePublisher),
  { provide: TAG_PUBLISHER, useExisting: CachePublisher },
  provide(DropFeed, [RedisConnection, KnownVersions, L1, Lifetime, APP_CONFIG], makeFeed),
  provide(
    DrainGate,
    [PrimaryQuery, RedisConnection, CachePublisher, KnownVersions, DropFeed, L1, APP_CONFIG],
    makeGate,
  ),
  provide(EntryStore, [RedisConnection], (redis: RedisConnection) => new EntryStore(redis)),
  provide(SecondTier, [RedisConnection, EntryStore, KnownVersions, Lifetime, APP_CONFIG], makeSecondTier),
  {
    provide: Loader,
    inject: [L1, SecondTier, APP_CONFIG, { token: DATABASE_ADMISSION, optional: true }],
    useFactory: (l1: L1, l2: SecondTier, config: AppConfig, admission: DatabaseAdmission = openAdmission) =>
      new Loader(l1, l2, admission, config.traffic.deadlineMs, switchesOf(config.runtime.mutants)),
  },
  provide(
    CachedReads,
    [L1, SecondTier, KnownVersions, DrainGate, Loader, APP_CONFIG],
    (
      l1: L1,
      l2: SecondTier,
      known: KnownVersions,
      gate: DrainGate,
      loader: Loader,
      { cache, runtime }: AppConfig,
    ) =>
      new CachedReads(l1, l2, known, gate, loader, {
        staleWhileRevalidateMs: cache.staleWhileRevalidateS * 1000,
        ignoreVersions: switchesOf(runtime.mutants).noStamp,
      }),
  ),
  provide(
    ConsistencyTokens,
    [APP_CONFIG],
    ({ auth }: AppConfig) => new ConsistencyTokens(auth.consistencySecret),
  ),
  provide(Responder, [APP_CONFIG], ({ cache }: AppConfig) => new Responder(cache)),
  provide(EarlyLooks, [SecondTier, DrainGate], (l2: SecondTier, gate: DrainGate) => new EarlyLooks(l2, gate)),
  provide(EarlyAnswers, [CachedReads, EarlyLooks, Responder], makeEarly),
  provide(Questions, [APP_CONFIG], ({ cache }: AppConfig) => new Questions(cache)),
  provide(DirectHandlers, [], () => new DirectHandlers()),
  provide(EarlyLoads, [CachedReads, EarlyAnswers, Questions, DirectHandlers], makeLoads),
  { provide: APP_INTERCEPTOR, useClass: CacheInterceptor },
];

function makeLifetime({ cache, runtime }: AppConfig): Lifetime {
  const followedMs = cache.followBinlog ? cache.ttlFollowedS * 1000 : 0;
  return new Lifetime(followedMs, switchesOf(runtime.mutants).endlessLife);
}

function makeEarly(reads: CachedReads, looks: EarlyLooks, responder: Responder): EarlyAnswers {
  return new EarlyAnswers(reads, looks, responder);
}

function makeLoads(
  reads: CachedReads,
  early: EarlyAnswers,
  questions: Questions,
  handlers: DirectHandlers,
): EarlyLoads {
  return new EarlyLoads(reads, early, questions, handlers);
}

function makePublisher(redis: RedisConnection, known: KnownVersions, l1: L1, edge: Edge): CachePublisher {
  return new CachePublisher(redis, known, l1, edge);
}

function makeSecondTier(
  redis: RedisConnection,
  entries: EntryStore,
  known: KnownVersions,
  lifetime: Lifetime,
  { cache, runtime }: AppConfig,
): SecondTier {
  const { noStamp } = switchesOf(runtime.mutants);
  return new SecondTier(redis, entries, known, cache.staleIfErrorS * 1000, lifetime, noStamp);
}

function makeFeed(
  redis: RedisConnection,
  known: KnownVersions,
  l1: L1,
  lifetime: Lifetime,
  { runtime }: AppConfig,
): DropFeed {
  return new DropFeed(() => redis.session(), known, lifetime, {
    onDropped: (tags) => l1.distrust(tags),
    deaf: switchesOf(runtime.mutants).deafFeed,
  });
}

function makeGate(
  primary: PrimaryQuery,
  redis: RedisConnection,
  publisher: CachePublisher,
  known: KnownVersions,
  feed: DropFeed,
  l1: L1,
  { runtime }: AppConfig,
): DrainGate {
  const outbox = outboxOn((sql, params) => primary.run(sql, params));
  const drain = () =>
    drainOutbox(
      outbox,
      () => redis.session(),
      (tags) => publisher.published(tags),
    );
  const reopened = () => {
    known.distrustAll();
    l1.distrustAll(performance.now() + L1_TRUST_MS);
    // It shows what others have published meanwhile: what is still the same need not be asked for one by one.
    return feed.look();
  };
  return new DrainGate(drain, reopened, { ...DRAIN_GATE, alwaysOpen: switchesOf(runtime.mutants).noDrain });
}

/** Both cache tiers, the protocol that keeps them honest, and read-your-writes tokens. */
@Global()
@Module({
  imports: [
    DiscoveryModule,
    ValuesModule.registerAsync({
      isGlobal: true, // features may keep values of their own in CACHE_MANAGER
      inject: [RedisConnection],
      // (One class, but its CommonJS and ESM types are two.)
      useFactory: (redis: RedisConnection) => ({ stores: [keyvOf(new EntryStore(redis)) as never] }),
    }),
  ],
  providers,
  exports: [
    CachedReads,
    EarlyAnswers,
    EarlyLoads,
    ConsistencyTokens,
    CachePublisher,
    TAG_PUBLISHER,
    DrainGate,
  ],
})
export class CacheModule implements OnModuleInit, OnApplicationShutdown {
  private readonly forget: (() => void)[] = [];

  constructor(
    private readonly gate: DrainGate,
    private readonly feed: DropFeed,
    private readonly l1: L1,
    private readonly edge: Edge,
    private readonly direct: DirectHandlers,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const handlers = [...cachedHandlers(this.discovery, this.scanner)];
    refuseWrongCaching(handlers);
    for (const { instance, controller, name, options, isShared } of handlers)
      if (isShared) this.direct.add(instance, controller, name, options);
    this.forget.push(
      metrics.cache.l1Bytes.from([], () => this.l1.bytes),
      metrics.cache.l1Entries.from([], () => this.l1.size),
    );
    this.gate.start();
    this.feed.start();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const forget of this.forget) forget();
    await this.feed.stop();
    await this.gate.stop();
    await this.edge.stop();
  }
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Global, Inject, Module, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Throttle } from '@nestjs/throttler';
import { type AppConfig, ConfigModule, loadConfig } from '@prior/config';
import {
  currentContext,
  DATABASE_ADMISSION,
  type DatabaseAdmission,
  fastifyOptions,
  HttpModule,
  prepareFastify,
  signDevToken,
} from '@prior/http';
import { RedisConnection } from '@prior/resilience';
import { renderMetrics } from '@prior/telemetry';
import {
  Door,
  InFlightGate,
  RateLimit,
  registerAdmission,
  registerRateLimit,
  TrafficModule,
} from '@prior/traffic';
import type { FastifyInstance } from 'fastify';
import { getStack, stackEnv } from '../support/stack';

let release: () => void = () => undefined;

@Controller('things')
class ThingsController {
  constructor(@Inject(DATABASE_ADMISSION) private readonly admission: DatabaseAdmission) {}

  @Get()
  list() {
    return { things: [] };
  }

  @Post()
  create() {
    return {};
  }

  @Get('open')
  @RateLimit({ exempt: true })
  open() {
    return {};
  }

  @Get('narrow')
  @RateLimit({ perMin: { name: 'narrow', limit: 1 } })
  narrow() {
    return {};
  }

  @Get('throttled')
  @Throttle({ default: { limit: 2, ttl: 60_000 } })
  throttled() {
    return {};
  }

  @Get('slow')
  @RateLimit({ exempt: true })
  async slow() {
    const wait = () => new Promise<void>((resolve) => (release = resolve));
    await this.admission.run('list', currentContext()?.signal, 60_000, wait);
    return {};
  }
}

/** The traffic library in an application of its own: hooks, guard and module together, on a real Redis. */
describe('traffic', () => {
  let app: NestFastifyApplication;
  let config: AppConfig;
  let early = false;
  let redis: RedisConnection;

  async function boot(env: Record<string, string> = {}): Promise<void> {
    config = loadConfig({
      ...stackEnv(getStack(), 'prior'),
      NODE_ENV: 'test',
      JWT_SECRET: 'a secret of more than thirty-two characters',
      TRUST_PROXY: 'loopback',
      RATE_LIMIT_READ_PER_MIN: '3',
      RATE_LIMIT_WRITE_PER_MIN: '1',
      RATE_LIMIT_SERVICE_PER_MIN: '5',
      RATE_LIMIT_EXEMPT: '10.77.0.0/16',
      ...env,
    });
    redis = new RedisConnection({ ...config.redis, commandTimeoutMs: 5_000 });
    await redis.start();
    await redis.session()!.command('flushdb', (client) => client.flushDb());

    @Global()
    @Module({ providers: [{ provide: RedisConnection, useValue: redis }], exports: [RedisConnection] })
    class RedisModule {}

    @Module({
      imports: [ConfigModule.forRoot(config), RedisModule, HttpModule, TrafficModule.forRoot()],
      controllers: [ThingsController],
    })
    class AppModule {}

    const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(
      new FastifyAdapter(fastifyOptions(config.http)),
      { bodyParser: false },
    );
    const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    registerAdmission(fastify, app.get(InFlightGate));
    prepareFastify(fastify);
    registerRateLimit(fastify, app.get(Door), {
      answerEarly: () => (early ? (reply) => void reply.header('x-cache', 'HIT').send('{}') : undefined),
    });
    await app.init();
    await fastify.ready();
  }

  const ask = (
    url: string,
    from: string,
    method: 'GET' | 'POST' = 'GET',
    headers: Record<string, string> = {},
  ) => app.inject({ method, url, headers: { 'x-forwarded-for': from, ...headers } });
  const statuses = async (count: number, ...args: Parameters<typeof ask>) => {
    const found = [];
    for (let i = 0; i < count; i += 1) found.push((await ask(...args)).statusCode);
    return found;
  };

  beforeEach(async () => {
    early = false;
    await boot();
  });
  afterEach(async () => {
    await app.close();
    await redis.stop();
  });

  it('allows the limit, then answers 429 with everything a client needs', async () => {
    const first = await ask('/things', '203.0.113.1');
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"read";q=3;w=60',
      ratelimit: '"read";r=2;t=20',
    });
    expect(await statuses(2, '/things', '203.0.113.1')).toEqual([200, 200]);
    const refused = await ask('/things', '203.0.113.1');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.headers['cache-control']).toBe('no-store');
    const body = refused.json<Record<string, unknown>>();
    expect(body).toMatchObject({ status: 429, code: 'rate_limited', error: 'Too many requests' });
    expect(body.retryAfter).toBe(Number(refused.headers['retry-after']));
    expect(body.retryAfter).toBeGreaterThan(0);
    expect(body.retryAfter).toBeLessThanOrEqual(20);
    expect(refused.headers.ratelimit).toMatch(/^"read";r=0;t=\d+$/);
  });

  it('counts once per request, in the hook and not again in the guard', async () => {
    expect(await statuses(4, '/things', '203.0.113.2')).toEqual([200, 200, 200, 429]);
  });

  it('counts writes apart, also those to nowhere', async () => {
    expect(await statuses(2, '/things', '203.0.113.3', 'POST')).toEqual([201, 429]);
    expect((await ask('/things', '203.0.113.3')).statusCode).toBe(200);
    expect(await statuses(4, '/nothing', '203.0.113.33')).toEqual([404, 404, 404, 429]);
  });

  it('believes X-Forwarded-For only from the right', async () => {
    const forged = async (i: number) => (await ask('/things', `198.51.100.${i}, 203.0.113.4`)).statusCode;
    expect([await forged(1), await forged(2), await forged(3), await forged(4)]).toEqual([
      200, 200, 200, 429,
    ]);
  });

  it('counts an IPv6 network as one caller', async () => {
    const from = async (i: number) => (await ask('/things', `2001:db8:1:2::${i}`)).statusCode;
    expect([await from(1), await from(2), await from(3), await from(4)]).toEqual([200, 200, 200, 429]);
    expect((await ask('/things', '2001:db8:1:3::1')).statusCode).toBe(200);
  });

  it('limits who is signed in by who they are, and the shop by its own limit', async () => {
    const token = (role: 'customer' | 'service', subject: string) =>
      signDevToken(config.auth, { role, subject, expiresInS: 60 });
    const ada = { authorization: `Bearer ${await token('customer', 'ada')}` };
    for (let i = 0; i < 3; i += 1)
      expect((await ask('/things', `203.0.113.${10 + i}`, 'GET', ada)).statusCode).toBe(200);
    expect((await ask('/things', '203.0.113.20', 'GET', ada)).statusCode).toBe(429);
    expect((await ask('/things', '203.0.113.20')).statusCode).toBe(200);
    const shop = { authorization: `Bearer ${await token('service', 'shop')}` };
    expect(await statuses(6, '/things', '203.0.113.21', 'POST', shop)).toEqual([
      201, 201, 201, 201, 201, 429,
    ]);
  });

  it('takes a forged token for nobody', async () => {
    const forged = async (i: number) =>
      (await ask('/things', '203.0.113.5', 'GET', { authorization: `Bearer forged.${i}.x` })).statusCode;
    expect([await forged(1), await forged(2), await forged(3), await forged(4)]).toEqual([
      200, 200, 200, 429,
    ]);
  });

  it('leaves exempt networks and routes alone', async () => {
    expect(await statuses(6, '/things', '10.77.1.2')).toEqual(Array(6).fill(200));
    expect(await statuses(6, '/things/open', '203.0.113.6')).toEqual(Array(6).fill(200));
  });

  it('knows limits of single routes', async () => {
    expect(await statuses(2, '/things/narrow', '203.0.113.7')).toEqual([200, 429]);
    expect(await statuses(3, '/things/throttled', '203.0.113.8')).toEqual([200, 200, 429]);
  });

  it('counts answers from memory too', async () => {
    early = true;
    expect(await statuses(4, '/things', '203.0.113.9')).toEqual([200, 200, 200, 429]);
  });

  it('limits alone when Redis is gone, without an error', async () => {
    await redis.stop();
    expect(await statuses(4, '/things', '203.0.113.30')).toEqual([200, 200, 200, 429]);
  });

  describe('with one request in flight allowed', () => {
    const sockets: Socket[] = [];
    beforeEach(async () => {
      await app.close();
      await redis.stop();
      await boot({ MAX_IN_FLIGHT: '1' });
      await app.listen(0, '127.0.0.1');
    });
    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.destroy();
      release();
    });

    const port = () => (app.getHttpServer().address() as AddressInfo).port;
    const open = (path: string) => {
      const socket = connect(port(), '127.0.0.1');
      sockets.push(socket);
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      return socket;
    };
    const until = async (met: () => boolean) => {
      while (!met()) await new Promise((resolve) => setTimeout(resolve, 5));
    };

    it('answers 503 at once, but never to a probe, and takes the next when one leaves', async () => {
      const gate = app.get(InFlightGate);
      open('/things/slow');
      await until(() => gate.inFlight === 1);
      const [text] = (await once(open('/things'), 'data')) as [Buffer];
      expect(text.toString()).toMatch(
        /^HTTP\/1\.1 503 [\s\S]*retry-after: [123]\r\n[\s\S]*"code":"overloaded"/i,
      );
      expect(await renderMetrics()).toMatch(
        /prior_http_request_duration_seconds_count\{method="GET",route="\/things",status="503"\} 1/,
      );
      const [probe] = (await once(open('/health/live'), 'data')) as [Buffer];
      expect(probe.toString()).toMatch(/^HTTP\/1\.1 404 /);
      release();
      await until(() => gate.inFlight === 0);
      const [later] = (await once(open('/things'), 'data')) as [Buffer];
      expect(later.toString()).toMatch(/^HTTP\/1\.1 200 /);
    });

    it('forgets a client that hung up', async () => {
      const gate = app.get(InFlightGate);
      const client = open('/things/slow');
      await until(() => gate.inFlight === 1);
      client.destroy();
      await until(() => gate.inFlight === 0);
      release();
    });
  });
});

import { randomBytes } from 'node:crypto';
import { freePorts } from '../../scripts/lib/ports.js';
import { fillCatalogue } from '../consistency/hitrate/catalogue';
import { bearer } from '../consistency/lab/tokens';
import { ApiProcess, statusOf } from '../support/api-process';
import { SECRETS } from '../support/fleet/fleet';
import { migratedDatabase } from '../support/migrated';
import { dropDatabase, getStack, stackEnv, syncReplicas } from '../support/stack';
import { type Received, TraceReceiver } from '../support/trace-receiver';

const SERVER = 2;
const CLIENT = 3;
const stack = getStack();

let receiver: TraceReceiver;
let database: string;
let api: ApiProcess;
let base: string;
let admin: string;

beforeAll(async () => {
  receiver = await TraceReceiver.start();
  database = await migratedDatabase(stack);
  await fillCatalogue(stack, stack.primary, database, 5);
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  base = `http://127.0.0.1:${port}`;
  admin = `http://127.0.0.1:${adminPort}`;
  api = new ApiProcess('main', {
    ...SECRETS,
    ...stackEnv(stack, database),
    HOST: '127.0.0.1',
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    WORKERS: '1',
    SHUTDOWN_DELAY_MS: '0',
    DB_SLOW_QUERY_MS: '40',
    PRIOR_TEST_QUERY_DELAY_MS: '50',
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
    OTEL_SERVICE_NAME: 'the shop',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  await api.until('the start', async () => (await statusOf(`${admin}/health/ready`)) === 200);
});
afterAll(async () => {
  await api?.stop();
  await receiver?.stop();
  if (database) await dropDatabase(stack, database);
});

/** A client of its own with a trace of its own. */
class Visit {
  readonly traceId = randomBytes(16).toString('hex');
  readonly spanId = randomBytes(8).toString('hex');
  constructor(private readonly flags: '00' | '01' = '01') {}

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const traceparent = `00-${this.traceId}-${this.spanId}-${this.flags}`;
    const response = await fetch(base + path, { ...init, headers: { ...init.headers, traceparent } });
    await response.arrayBuffer();
    return response;
  }

  spans(): Promise<Received[]> {
    return receiver.trace(this.traceId, ({ kind }) => kind === SERVER);
  }
}

const exemplars = async () =>
  (await fetch(`${admin}/metrics`, { headers: { accept: 'application/openmetrics-text' } })).text();
const named = (spans: readonly Received[], name: string): Received => {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} × ${name} among ${spans.map((one) => one.name).join(', ')}`);
  return found[0]!;
};
const under = (spans: readonly Received[], { spanId }: Received) =>
  spans.filter((one) => one.parentSpanId === spanId);

describe('a trace', () => {
  let slug: string;
  let visit: Visit;
  let spans: Received[];
  beforeAll(async () => {
    // Other suites write to the same servers: one that is late with that is passed over, as it should be,
    // after a fence that was not reached or without one when it was late before.
    for (slug of ['p-1', 'p-3', 'p-4', 'p-5']) {
      visit = new Visit();
      await syncReplicas(stack);
      const answer = await visit.ask(`/api/products/${slug}?from=a-secret-campaign`);
      expect(answer.headers.get('x-cache')).toBe('MISS');
      spans = await visit.spans();
      if (spans.some(({ name, attributes }) => name === 'db.fence' && attributes['prior.reached'] === true))
        break;
    }
  });

  it('continues the client’s, under the route’s template', () => {
    const server = named(spans, 'GET /api/products/:slug');
    expect(server).toMatchObject({ kind: SERVER, parentSpanId: visit.spanId, service: 'the shop' });
    expect(server.attributes).toMatchObject({ 'http.route': '/api/products/:slug', 'prior.cache': 'MISS' });
  });

  it('has the look-up in it, and what that asks of Redis', () => {
    const lookup = named(spans, 'cache.lookup');
    expect(lookup.parentSpanId).toBe(named(spans, 'GET /api/products/:slug').spanId);
    expect(lookup.attributes).toMatchObject({ 'prior.cache': 'MISS', 'prior.tier': 'loaded' });
    const redis = under(spans, lookup).filter(({ kind }) => kind === CLIENT);
    expect(redis.length).toBeGreaterThan(0);
    for (const { attributes } of redis) expect(JSON.stringify(attributes)).toContain('redis');
  });

  it('has the load in it, with its fence and its statements', () => {
    const load = named(spans, 'cache.load');
    expect(load.parentSpanId).toBe(named(spans, 'cache.lookup').spanId);
    const fence = named(spans, 'db.fence');
    expect(fence.parentSpanId).toBe(load.spanId);
    expect(fence.attributes).toMatchObject({ 'prior.reached': true });
    expect(under(spans, fence).map(({ kind }) => kind)).toEqual([CLIENT]);
    const statements = under(spans, load).filter(({ kind }) => kind === CLIENT);
    expect(
      statements.map(({ attributes }) => attributes['db.query.text'] ?? attributes['db.statement']),
    ).toContainEqual(expect.stringContaining('slug = ?'));
  });

  it('names nothing that the client has typed', () => {
    const told = spans
      .filter(({ kind }) => kind !== SERVER)
      .map(({ name, attributes }) => JSON.stringify([name, attributes]));
    expect(told.join('\n')).not.toContain(slug);
  });

  it('is named in the log', () => {
    const lines = api.log.filter(({ traceId }) => traceId === visit.traceId);
    expect(lines.map(({ msg }) => msg)).toContain('A slow statement');
  });

  it('is the exemplar of its request', async () => {
    expect(await exemplars()).toContain(`trace_id="${visit.traceId}"`);
  });
});

it('of a hit has its span too, although hits have a path of their own', async () => {
  const hits = [new Visit(), new Visit(), new Visit()];
  await new Visit().ask('/api/products/p-2');
  for (const hit of hits) await hit.ask('/api/products/p-2');
  for (const hit of hits) {
    const server = named(await hit.spans(), 'GET /api/products/:slug');
    expect(server).toMatchObject({ parentSpanId: hit.spanId, attributes: { 'prior.cache': 'HIT' } });
  }
});

it('of a write has its statements, and the publication of what it changed', async () => {
  const visit = new Visit();
  const { status } = await visit.ask('/api/products/p-3', {
    method: 'PATCH',
    headers: { authorization: await bearer('admin'), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'A name that nobody knows yet' }),
  });
  expect(status).toBe(200);
  const spans = await visit.spans();
  const server = named(spans, 'PATCH /api/products/:slug');
  const statements = under(spans, server).map(({ name }) => name);
  expect(statements).toEqual(expect.arrayContaining(['UPDATE', 'COMMIT', 'cache.publish']));
  expect(under(spans, named(spans, 'cache.publish')).map(({ kind }) => kind)).toContain(CLIENT);
  expect(JSON.stringify(spans)).not.toContain('nobody knows yet');
});

it('that its client does not record is not recorded here, and is continued all the same', async () => {
  const quiet = new Visit('00');
  await quiet.ask('/api/products/p-4');
  expect(await exemplars()).toContain(`trace_id="${quiet.traceId}"`);
  const loud = new Visit();
  await loud.ask('/api/products/p-4');
  await loud.spans();
  expect(receiver.spans.filter(({ traceId }) => traceId === quiet.traceId)).toEqual([]);
});

it('begins with a request, never with a probe or the work behind the scenes', async () => {
  await statusOf(`${base}/health/live`);
  await fetch(`${base}/api/products/no-such-product`);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const roots = receiver.spans.filter(({ parentSpanId }) => !parentSpanId);
  expect(roots.map(({ name }) => name)).toEqual(['GET /api/products/:slug']);
});

it('reaches its receiver before the process ends', async () => {
  const last = new Visit();
  await last.ask('/api/products/p-0');
  api.signal('SIGTERM');
  expect(await api.ended).toBe(0);
  expect(receiver.spans.filter(({ traceId }) => traceId === last.traceId)).not.toEqual([]);
});

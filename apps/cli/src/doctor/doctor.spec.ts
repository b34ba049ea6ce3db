import { loadConfig } from '@prior/config';
import { TimeLimitError } from '@prior/resilience';
import { type Check, type Finding, grade, pass, skipped, warn } from './check';
import { judgePlan, type PlanRow } from './database/plan';
import { Settings } from './database/settings';
import { type EdgeSubject, rateLimit } from './groups/edge';
import { judgeLookups, redundant } from './groups/indexes';
import { infoOf, redis, type RedisSubject } from './groups/redis';
import { judgeStatements } from './groups/slow-log';
import { coresOf, establishedIn, memoryOf, openFilesLimitOf, ticksOf } from './host/proc';
import { directive, edgeOf } from './http/cdn';
import { Metrics, parseMetrics } from './http/metrics';
import { asTable, exitStatusOf, wrap } from './report';
import { messageOf, runGroup } from './run-checks';

const check = (name: string, look: Check<null>['look'], more: Partial<Check<null>> = {}): Check<null> => ({
  name,
  target: 'right',
  cure: 'mend it',
  look,
  ...more,
});
const run = async (...checks: Check<null>[]) =>
  (await runGroup({ name: 'Group', checks }, 'server', null)).findings;

describe('running checks', () => {
  it('gives a cure only where something is wrong', async () => {
    const found = await run(
      check('a', () => pass('1')),
      check('b', () => [warn('2'), warn('3', { of: 'table', cure: 'otherwise', target: '4' })]),
      check('c', () => skipped('why')),
    );
    expect(found.map(({ check: name, status, target, cure }) => [name, status, target, cure])).toEqual([
      ['a', 'pass', 'right', null],
      ['b', 'warn', 'right', 'mend it'],
      ['b: table', 'warn', '4', 'otherwise'],
      ['c', 'skipped', 'right', null],
    ]);
  });

  it('stops asking a server that is gone, and says so once', async () => {
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(
      await run(
        check('a', () => Promise.reject(lost)),
        check('b', () => pass('never asked')),
      ),
    ).toEqual([expect.objectContaining({ check: 'a', status: 'fail', value: 'read ECONNRESET' })]);
  });

  it('does not wait for an answer for ever', async () => {
    const [found] = await run(check('a', () => new Promise(() => undefined), { limitMs: 10 }));
    expect(found).toMatchObject({ status: 'fail', value: 'no answer within 0.01 s' });
    expect(await run(check('a', () => Promise.reject(new TimeLimitError('x', 5))))).toHaveLength(1);
  });

  it('asks for the right that is missing, and goes on', async () => {
    const denied = Object.assign(new Error('SELECT command denied'), { errno: 1142 });
    const found = await run(
      check('a', () => Promise.reject(denied), { grant: () => 'GRANT it;' }),
      check('b', () => pass('asked')),
    );
    expect(found.map(({ status, cure }) => [status, cure])).toEqual([
      ['skipped', 'GRANT it;'],
      ['pass', null],
    ]);
  });

  it('finds the reason in errors that hide it', () => {
    const hidden = Object.assign(new Error(''), { errors: [new Error('connect ECONNREFUSED ::1:80')] });
    expect(messageOf(Object.assign(new Error('fetch failed'), { cause: hidden }))).toBe(
      'connect ECONNREFUSED ::1:80',
    );
  });
});

describe('the report', () => {
  const finding = (more: Partial<Finding>): Finding => ({
    group: 'Group',
    on: '',
    check: 'check',
    status: 'pass',
    value: 'v',
    target: 't',
    cure: null,
    ...more,
  });

  it('fits 120 columns, whatever is in it', () => {
    const long = 'x'.repeat(300);
    const text = asTable([
      finding({ check: long, value: `${long} word`, target: long, cure: long, on: long }),
    ]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(text.replace(/[^x]/g, '')).toHaveLength(4 * 300 + 120 - 'Group, '.length);
  });

  it('breaks lines between words', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('ends with 1 only for a fail', () => {
    expect(exitStatusOf([finding({ status: 'warn' }), finding({ status: 'skipped' })])).toBe(0);
    expect(exitStatusOf([finding({ status: 'fail' })])).toBe(1);
  });

  it('grades by the worst', () => {
    expect(grade('v', { fail: true, warn: true }).status).toBe('fail');
    expect(grade('v', { fail: false, warn: true }).status).toBe('warn');
    expect(grade('v', {}).status).toBe('pass');
  });
});

describe('plans', () => {
  const row = (more: Partial<PlanRow>): PlanRow => ({
    table: 'products', type: 'ALL', possible_keys: null, key: null, rows: 6, Extra: null, ...more,
  }); // prettier-ignore

  it.each<[string, Partial<PlanRow>, string]>([
    ['a scan that no index could avoid, however small', {}, 'fail'],
    ['a scan of a small table that has an index', { possible_keys: 'i' }, 'pass'],
    ['the same of a large one', { possible_keys: 'i', rows: 50_000 }, 'fail'],
    ['an index', { type: 'ref', possible_keys: 'i', key: 'i', rows: 50_000 }, 'pass'],
    ['a temporary table', { table: '<derived2>', rows: 50_000 }, 'pass'],
    ['a table function', { table: 'm', Extra: 'Table function: json_table' }, 'pass'],
  ])('%s', (_, more, status) => expect(judgePlan([row(more)], undefined).status).toBe(status));

  it('lets a small table be shown as a whole', () => {
    expect(judgePlan([row({})], undefined, true).status).toBe('pass');
    expect(judgePlan([row({ rows: 50_000 })], undefined, true).status).toBe('warn');
  });

  it('says what is sorted', () => {
    expect(judgePlan([row({ Extra: 'Using where; Using filesort' })], { ms: 2, read: 6 }).value).toBe(
      'scans products (6 rows, then sorts), no index; read 6 rows, 2.0 ms',
    );
  });
});

describe('indexes', () => {
  const index = (name: string, columns: string, unique = false, table = 'products') => ({
    table, name, unique, columns: columns.split(','),
  }); // prettier-ignore

  it('takes inStock in front for what the report calls quantity', () => {
    const found = judgeLookups([index('a', 'inStock,updatedPrice,id'), index('b', 'categoryId,slug')]);
    expect(found.filter(({ status }) => status === 'pass').map(({ of }) => of)).toEqual([
      'products.categoryId',
      'products.quantity',
      'products.updatedPrice',
    ]);
  });

  it('finds those that another one begins with, of two equal ones one', () => {
    const all = [
      index('a', 'x'), index('b', 'x,y'), index('c', 'x,y'), index('u', 'x', true), index('o', 'x', false, 'other'),
    ]; // prettier-ignore
    expect(redundant(all).map(([{ name }]) => name)).toEqual(['a', 'c']);
  });
});

it('blames a slow read that many wait for, not an import', () => {
  const statement = (text: string, calls: number, averageMs: number) => ({
    text, calls, averageMs, longestMs: averageMs, examined: 1,
  }); // prettier-ignore
  const found = judgeStatements(
    [
      statement('SELECT `a` . `b`', 9, 4000),
      statement('INSERT x', 9, 4000),
      statement('SELECT 1', 1, 4000),
      statement('SELECT 2', 9, 1),
    ],
    'here',
  );
  expect(found.map(({ of, status }) => [of, status])).toEqual([
    ['SELECT a.b', 'fail'],
    ['INSERT x', 'warn'],
    ['SELECT 1', 'warn'],
  ]);
  expect(judgeStatements([], 'here')).toEqual([expect.objectContaining({ status: 'pass' })]);
});

it.each<[string, string, boolean, string, string]>([
  ['nobody is exempt', '', false, '127.0.0.1', 'fail'],
  ['the doctor is exempt', '127.0.0.0/8', false, '127.0.0.1', 'skipped'],
  ['the doctor is exempt, by IPv6', '::1', false, '[::1]', 'skipped'],
  ['somebody else is exempt', '10.20.0.0/16', false, '127.0.0.1', 'warn'],
  ['an edge is in between', '127.0.0.0/8', true, '127.0.0.1', 'warn'],
  ['the API has a name', '127.0.0.0/8', false, 'localhost', 'warn'],
])('no RateLimit headers: %s', async (_, RATE_LIMIT_EXEMPT, isPublic, host, status) => {
  const config = loadConfig({
    DB_HOST: 'x',
    DB_USER: 'x',
    REDIS_URL: 'redis://x',
    JWT_SECRET: 'x'.repeat(32),
    RATE_LIMIT_EXEMPT,
  });
  const answer = { status: 200, headers: new Headers(), body: '', firstByteMs: 1 };
  const url = `http://${host}:3000/api/products`;
  const subject: EdgeSubject = { url, isPublic, first: answer, second: answer, signedIn: answer, config };
  const { findings } = await runGroup(rateLimit, '', subject);
  expect(findings.find(({ check: name }) => name === 'RateLimit headers')).toMatchObject({
    status,
    value: expect.stringContaining(
      status === 'skipped' ? 'this address is exempt' : 'none (configured: 100 reads',
    ),
  });
});

it('tells how often Redis had a key, and does not judge it', async () => {
  const info = infoOf('keyspace_hits:1100\r\nkeyspace_misses:900\r\n');
  const subject: RedisSubject = {
    info,
    pingMs: 1,
    command: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
  const { findings } = await runGroup(redis, '', subject);
  expect(findings.find(({ check: name }) => name === 'keyspace_hits')).toMatchObject({
    status: 'pass',
    value: '55 % of 2,000 look-ups, polling included',
    cure: null,
  });
});

describe('reading other programs', () => {
  it('reads INFO and SHOW', () => {
    const info = infoOf('# Memory\r\nused_memory:1024\r\nmaxmemory_policy:allkeys-lru\r\n');
    expect([info.number('used_memory'), info.text('MAXMEMORY_POLICY'), info.number('none')]).toEqual([
      1024,
      'allkeys-lru',
      0,
    ]);
    expect(new Settings([['Log_Bin', 'ON']]).on('log_bin')).toBe(true);
  });

  it('reads /proc', () => {
    expect(coresOf('cpu  9 9\ncpu0 10 0 5 80 5 0 0 0 7 0\n')).toEqual([{ all: 100, waiting: 5, busy: 15 }]);
    expect(memoryOf('MemTotal:       2 kB\nMemAvailable: 1 kB\n').get('MemTotal')).toBe(2048);
    expect(establishedIn('  sl  local rem st\n   0: 0100007F:1 0100007F:2 01 x\n   1: a b 0A x\n')).toBe(1);
    expect(
      openFilesLimitOf('Limit  Soft Hard\nMax open files            1024                 4096    files\n'),
    ).toBe(1024);
    expect(ticksOf('7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0')).toBe(42);
  });

  it('reads metrics', () => {
    const metrics = new Metrics(
      parseMetrics(
        '# HELP a b\na{x="1",y="q\\"}"} 2\na{x="2"} 3 # {trace_id="1"} 4\nh_bucket{le="0.5"} 3\nh_bucket{le="+Inf"} 4\nh_count 4\n',
      ),
    );
    expect([metrics.sum('a'), metrics.sum('a', { x: '2' }), metrics.max('a'), metrics.max('b')]).toEqual([
      5,
      3,
      3,
      undefined,
    ]);
    expect(metrics.within('h', 0.5)).toBe(0.75);
  });

  it.each<[string, Record<string, string>, string | undefined, boolean | undefined]>([
    ['the API alone', { 'x-cache': 'HIT', 'cache-status': 'Prior; hit; ttl=3' }, undefined, undefined],
    ['Cloudflare', { 'cf-ray': '1-DAC', 'cf-cache-status': 'HIT', 'x-cache': 'MISS' }, 'Cloudflare', true],
    [
      'Cloudflare that does not cache',
      { 'cf-ray': '1-DAC', 'cf-cache-status': 'DYNAMIC' },
      'Cloudflare',
      false,
    ],
    ['CloudFront', { 'x-amz-cf-id': 'x', 'x-cache': 'Miss from cloudfront' }, 'CloudFront', false],
    ['Varnish, with the request that filled it', { 'x-varnish': '32770 3' }, 'Varnish', true],
    ['Varnish', { 'x-varnish': '3' }, 'Varnish', false],
    ['a cache that speaks RFC 9211', { 'cache-status': 'Prior; fwd=miss, Edge; hit; ttl=9' }, 'Edge', true],
    ['nginx', { 'x-cache-status': 'EXPIRED' }, 'a shared cache', false],
  ])('tells the edge: %s', (_, headers, name, hit) => {
    expect(edgeOf(new Headers(headers))).toEqual({ name, hit });
  });

  it('reads Cache-Control', () => {
    const headers = new Headers({ 'cache-control': 'public, max-age=3, s-maxage=30' });
    expect([
      directive(headers, 'max-age'),
      directive(headers, 's-maxage'),
      directive(headers, 'age'),
    ]).toEqual([3, 30, undefined]);
  });
});

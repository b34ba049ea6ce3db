import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@prior/config';
import type { RowDataPacket } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import type { Finding, Status } from '../../apps/cli/src/doctor/check';
import { diagnose, type DoctorOptions } from '../../apps/cli/src/doctor/doctor';
import { asTable, exitStatusOf, WIDTH } from '../../apps/cli/src/doctor/report';
import { seed } from '../../apps/cli/src/seed/seed';
import { freePorts } from '../../scripts/lib/ports.js';
import { ApiProcess, statusOf } from '../support/api-process';
import { migratedDatabase } from '../support/migrated';
import { connect, createDatabase, stackEnv, startPrivateStack, syncReplicas } from '../support/stack';

jest.setTimeout(240_000);

const root = join(__dirname, '../..');
const JWT_SECRET = 'only the tests sign anything with this one';
const NOBODY = 'redis://127.0.0.1:1';

type Env = Readonly<Record<string, string>>;

const doctor = (env: Env, options: Partial<DoctorOptions> = {}) =>
  diagnose(loadConfig({ NODE_ENV: 'test', WORKERS: '2', JWT_SECRET, ...env }), { hosts: 1, ...options });

/** The same by the command. */
function prior(env: Env, ...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    ['-r', join(root, 'scripts/lib/register-ts.js'), join(root, 'apps/cli/src/main.ts'), 'doctor', ...args],
    { cwd: root, env: { PATH: process.env['PATH'], NODE_ENV: 'test', WORKERS: '2', ...env } },
  );
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, out, err })));
}

const of = (findings: readonly Finding[], check: string, on = ''): Finding[] =>
  findings.filter((one) => one.check.startsWith(check) && one.on.includes(on));
const statusesOf = (findings: readonly Finding[], check: string, on = ''): Status[] =>
  of(findings, check, on).map(({ status }) => status);
/** What a test machine with other work may be short of is not the stack's. */
const MACHINE = ['event loop lag p99', 'memory', 'open files limit'];
const ofTheStack = (findings: readonly Finding[]) => findings.filter(({ check }) => !MACHINE.includes(check));
const bad = (findings: readonly Finding[]) =>
  findings
    .filter(({ status }) => status === 'fail')
    .map(({ check, on, value }) => `${on} ${check}: ${value}`);

describe('a freshly migrated and seeded stack', () => {
  let stack: Awaited<ReturnType<typeof startPrivateStack>>;
  let api: ApiProcess;
  let env: Record<string, string>;
  let findings: Finding[];
  let db: Connection;

  beforeAll(async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined); // the seed's progress
    stack = await startPrivateStack({ replicas: 2 });
    const database = await migratedDatabase(stack);
    db = await connect(stack.primary, database);
    await seed(
      async (sql, params) => (await db.query(sql, params))[0],
      { products: 300, categories: 40, reviews: 500, seed: 1, append: false },
      () => undefined,
    );
    await syncReplicas(stack);
    const [port, adminPort] = await freePorts(2);
    env = {
      ...stackEnv(stack, database),
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      JWT_SECRET,
    };
    // As `npm run up` does, with a worker more than the report's one.
    api = new ApiProcess('cluster', { ...env, WORKERS: '2', SHUTDOWN_DELAY_MS: '0' });
    await api.until(
      'the API answers',
      async () => (await statusOf(`http://127.0.0.1:${port}/health/ready`)) === 200,
    );
    findings = await doctor(env);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await db?.end();
    await api?.stop();
    await stack?.discard();
  });

  it('has nothing that fails', () => {
    expect(bad(ofTheStack(findings))).toEqual([]);
    expect(exitStatusOf(ofTheStack(findings))).toBe(0);
  });

  it('is looked at as a whole', () => {
    const groups = new Set(findings.map(({ group }) => group));
    expect([...groups].sort()).toEqual(
      [
        'API processes', 'Binlog and GTID', 'Connections', 'Database server', 'Errors', 'Indexes',
        'Plans of the hot queries', 'Rate limits', 'Redis', 'Replica', 'Replication', 'Slow queries', 'Tables',
        'This host', 'Through the edge',
      ].sort(),
    ); // prettier-ignore
  });

  it('has a wait that works on every replica', () => {
    expect(statusesOf(findings, 'fence')).toEqual(['pass', 'pass']);
    expect(statusesOf(findings, 'replication threads')).toEqual(['pass', 'pass']);
  });

  it('has a plan for what the API itself sends', () => {
    const plans = of(findings, 'EXPLAIN');
    const names = new Set(plans.map(({ check }) => check.replace(/^EXPLAIN: (\S+) .*/, '$1')));
    for (const name of [
      'products.page',
      'products.detail',
      'products.search',
      'reviews.page',
      'categories.all',
      'outbox.read',
    ])
      expect(names).toContain(name);
    expect(of(findings, 'EXPLAIN: products.page of GET /products')[0]?.value).toContain(
      'idx_products_stock_created',
    );
    expect(plans.every(({ status, value }) => status === 'pass' && value.includes('read'))).toBe(true);
  });

  it('is asked over HTTP as well', () => {
    expect(of(findings, 'Cache-Control')[0]).toMatchObject({
      status: 'pass',
      value: expect.stringContaining('s-maxage=30'),
    });
    expect(of(findings, 'RateLimit headers')[0]).toMatchObject({
      status: 'pass',
      value: expect.stringContaining('q=100'),
    });
    expect(of(findings, 'CDN')[0]).toMatchObject({
      status: 'skipped',
      cure: expect.stringContaining('--url'),
    });
    expect(of(findings, 'event loop lag')).toHaveLength(1);
  });

  it('prints a table of at most 120 columns, with a cure for whatever is not right', () => {
    for (const line of asTable(findings).split('\n')) expect(line.length).toBeLessThanOrEqual(WIDTH);
    for (const { status, cure } of findings) {
      if (status === 'pass') expect(cure).toBeNull();
      if (status === 'warn' || status === 'fail') expect(cure).toMatch(/\w/);
    }
  });

  it('stays as it is', async () => {
    const state = async () => {
      const [variables] = await db.query<RowDataPacket[]>(
        "SHOW GLOBAL VARIABLES WHERE Variable_name NOT REGEXP 'gtid|timestamp|statistics'",
      );
      const [tables] = await db.query<RowDataPacket[]>(
        'CHECKSUM TABLE products, categories, reviews, product_listing, category_totals, product_slugs',
      );
      return { variables, tables };
    };
    const before = await state();
    await doctor(env);
    expect(await state()).toEqual(before);
  });

  it('says which right is missing', async () => {
    await stack.servers.primary.sql("SET GLOBAL log_output = 'FILE,TABLE'");
    try {
      expect(of(await doctor(env), 'slowest', 'primary')).toEqual([
        expect.objectContaining({
          status: 'skipped',
          cure: expect.stringMatching(/^GRANT SELECT ON mysql\.slow_log TO/),
        }),
      ]);
    } finally {
      await stack.servers.primary.sql("SET GLOBAL log_output = 'FILE'");
    }
  });

  it('shows a replica whose applier stopped, and one that is gone, in a line each', async () => {
    const [first, second] = stack.servers.replicas;
    await first?.stopApplier();
    await second?.kill();
    try {
      await db.query('UPDATE products SET quantity = quantity + 1 WHERE id = 1');
      const now = await doctor(env);
      expect(statusesOf(now, 'replication threads', String(first?.port))).toEqual(['fail']);
      expect(statusesOf(now, 'fence', String(first?.port))).toEqual(['fail']);
      const gone = now.filter(({ on }) => on.includes(String(second?.port)));
      expect(gone).toEqual([
        expect.objectContaining({
          check: 'answers',
          status: 'fail',
          value: expect.stringContaining('ECONNREFUSED'),
        }),
      ]);
      expect(statusesOf(now, 'migrations')).toEqual(['pass']);
    } finally {
      await second?.start();
      await first?.startApplier();
      await syncReplicas(stack);
    }
  });

  it('shows a primary that is silent in one line, and looks at the rest', async () => {
    stack.servers.primary.pause();
    try {
      const now = await doctor(env);
      const silent = now.filter(({ on }) => on.startsWith('primary'));
      expect(silent.map(({ check, status }) => [check, status])).toEqual([['answers', 'fail']]);
      expect(statusesOf(now, 'replication threads')).toEqual(['pass', 'pass']);
      expect(statusesOf(now, 'ping')).toEqual(['pass']);
    } finally {
      stack.servers.primary.resume();
    }
  });
});

describe('the report’s old schema', () => {
  let stack: Awaited<ReturnType<typeof startPrivateStack>>;
  let env: Record<string, string>;
  let findings: Finding[];

  /** As many connections as the server lets in, and one more, as without a pool. */
  async function exhaust(database: string): Promise<void> {
    const { primary } = stack.servers;
    const open: Connection[] = [];
    const turnedAway = async () => {
      const refused = await connect(stack.primary, database).then(
        (connection) => void open.push(connection),
        (error: { code: string }) => error.code,
      );
      return refused === 'ER_CON_COUNT_ERROR';
    };
    while (!(await turnedAway()));
    // One more is let in as far as the password, because it may be an administrator's; now it is.
    const { rootPassword } = primary.state.accounts;
    open.push(await connect({ ...stack.primary, user: 'root', password: rootPassword }));
    expect(await turnedAway()).toBe(true);
    await Promise.all(open.map((connection) => connection.end()));
  }

  beforeAll(async () => {
    stack = await startPrivateStack({ replicas: 0, redis: false });
    const database = await createDatabase(stack);
    const db = await connect(stack.primary, database);
    await db.query(readFileSync(join(__dirname, 'fixtures/report-schema.sql'), 'utf8'));
    await db.end();
    await stack.servers.primary.sql('SET GLOBAL max_connections = 20');
    await exhaust(database);
    env = {
      ...stackEnv(stack, database),
      REDIS_URL: NOBODY,
      HOST: '127.0.0.1',
      PORT: '1',
      ADMIN_PORT: '1',
      JWT_SECRET,
    };
    findings = await doctor(env);
  });
  afterAll(() => stack?.discard());

  it('has connections over max_connections (issue 1)', () => {
    expect(of(findings, 'max_connections for the pools')[0]).toMatchObject({
      status: 'fail',
      target: '>= 60',
    });
    expect(statusesOf(findings, 'Max_used_connections')).toEqual(['fail']);
    expect(statusesOf(findings, 'Connection_errors_max_connections')).toEqual(['fail']);
  });

  it('has no Redis and no slow log (issue 2)', () => {
    expect(of(findings, 'ping')[0]).toMatchObject({
      status: 'fail',
      cure: expect.stringContaining('redis-cli ping'),
    });
    expect(statusesOf(findings, 'slow_query_log')).toEqual(['warn']);
    expect(statusesOf(findings, 'long_query_time')).toEqual(['warn']);
  });

  it('lacks the indexes that the report names (issue 4)', () => {
    for (const column of [
      'products.categoryId',
      'products.slug',
      'products.quantity',
      'products.updatedPrice',
      'reviews.product_id',
    ])
      expect(of(findings, `index on: ${column}`)[0]).toMatchObject({
        status: 'fail',
        cure: 'npm run migrate',
      });
    expect(statusesOf(findings, 'indexes of the data model')).toEqual(['fail']);
    expect(statusesOf(findings, 'migrations')).toEqual(['fail']);
  });

  it('reads whole tables and sorts them (issue 4)', () => {
    expect(of(findings, 'the report’s query: products by categoryId')[0]).toMatchObject({
      status: 'fail',
      value: expect.stringContaining('scans products'),
    });
    expect(of(findings, 'the report’s query: a list')[0]).toMatchObject({
      status: 'fail',
      value: expect.stringContaining('then sorts'),
    });
    expect(new Set(statusesOf(findings, 'the report’s query'))).toEqual(new Set(['fail']));
  });

  it('does not fail once more for every query of an API that is not there yet', () => {
    expect(statusesOf(findings, 'EXPLAIN')).toEqual(['skipped']);
  });

  it('has no replica', () => {
    expect(of(findings, 'read replicas')[0]).toMatchObject({
      status: 'warn',
      value: expect.stringContaining('none'),
    });
  });

  it('has no table size that is unknown', () => {
    expect(of(findings, 'size: products')[0]?.value).toMatch(/^\d+ rows, data 16 KB/);
  });

  it('ends the command with 1, and with 2 where there is no configuration', async () => {
    const failing = await prior(env, '--json');
    expect(failing.status).toBe(1);
    const { counts, findings: printed } = JSON.parse(failing.out) as {
      counts: Record<Status, number>;
      findings: Finding[];
    };
    expect(counts.fail).toBe(printed.filter(({ status }) => status === 'fail').length);
    expect(counts.fail).toBeGreaterThan(10);

    const without = await prior({ JWT_SECRET });
    expect(without).toMatchObject({ status: 2, out: '', err: expect.stringContaining('DB_HOST is missing') });
  });
});

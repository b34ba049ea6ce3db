import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../scripts/lib/ports.js';
import { fillCatalogue } from '../consistency/hitrate/catalogue';
import { ApiProcess, statusOf } from '../support/api-process';
import { SECRETS } from '../support/fleet/fleet';
import { sumOf } from '../support/fleet/metrics';
import { migratedDatabase } from '../support/migrated';
import { stackEnv, startPrivateStack } from '../support/stack';
import { Browser, type View } from './admin-page/browser';
import { Traffic } from './observability/traffic';

const PRODUCTS = 20;
const VIEWS: View[] = [
  { width: 1400, height: 900 },
  { width: 1400, height: 900, dark: true },
  { width: 360, height: 740 },
  { width: 360, height: 740, dark: true },
];

/** The page at `/` of the admin port, in a real browser, before a cluster that has something to do. */
describe('the live page', () => {
  let stack: Awaited<ReturnType<typeof startPrivateStack>>;
  let api: ApiProcess;
  let admin: string;
  let traffic: Traffic;
  let browser: Browser;
  const pictures = mkdtempSync(join(tmpdir(), 'prior-page-'));

  beforeAll(async () => {
    stack = await startPrivateStack();
    const database = await migratedDatabase(stack);
    await fillCatalogue(stack, stack.primary, database, PRODUCTS);
    await stack.servers?.sync();
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    admin = `http://127.0.0.1:${adminPort}`;
    api = new ApiProcess('cluster', {
      ...SECRETS,
      ...stackEnv(stack, database),
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      WORKERS: '2',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_READ_PER_MIN: '1000000',
      RATE_LIMIT_WRITE_PER_MIN: '1000000',
      SHUTDOWN_DELAY_MS: '0',
    });
    await api.until('the start', async () => sumOf(await metrics(), 'prior_processes') === 2);
    await api.until('readiness', async () => (await statusOf(`${admin}/health/ready`)) === 200);
    traffic = new Traffic(port, PRODUCTS);
    browser = await Browser.start();
    await browser.look(VIEWS[0]!);
    await browser.open(`${admin}/`);
    await pageBecomes(`document.querySelectorAll('#routes th').length > 1`);
  }, 180_000);
  afterAll(async () => {
    await browser?.stop();
    await traffic?.stop();
    await api?.stop();
    await stack?.discard();
    if (process.env.KEEP_PICTURES) process.stdout.write(`${pictures}\n`);
    else rmSync(pictures, { recursive: true });
  }, 60_000);

  const metrics = async () => (await fetch(`${admin}/metrics`).catch(() => undefined))?.text() ?? '';
  const textOf = (selector: string) =>
    browser.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);
  const pageBecomes = async (expression: string) => {
    const end = performance.now() + 60_000;
    while (!(await browser.evaluate<boolean>(expression))) {
      if (performance.now() > end) throw new Error(`never: ${expression}\n${browser.complaints.join('\n')}`);
      await sleep(100);
    }
  };

  it('names every server with its state, of all workers together', async () => {
    expect(await textOf('#state')).toBe('Serving');
    expect(await textOf('#workers')).toBe('2 workers');
    const servers = await browser.evaluate<[string, string][]>(
      `[...document.querySelectorAll('#topology li')].map((one) => [one.firstChild.textContent, one.textContent])`,
    );
    expect(servers.map(([kind]) => kind)).toEqual([
      ...['API', 'Primary', ...stack.replicas.map(() => 'Replica'), 'Redis'],
    ]);
    expect(servers[1]![1]).toContain(`:${stack.primary.port}up`);
    expect(servers[2]![1]).toMatch(new RegExp(`:${stack.replicas[0]!.port}takes readslag [\\d.]+ m?s`));
  });

  it('shows what the merged metrics say', async () => {
    // The readings that the page has asked for, counted up here by other code than the page's.
    await browser.evaluate(`(() => {
      window.readings = [];
      const real = window.fetch;
      window.fetch = async (...asked) => {
        const answer = await real(...asked);
        if (asked[0] === '/metrics') {
          const text = await answer.clone().text();
          window.readings.push({ text, at: performance.now() });
        }
        return answer;
      };
    })()`);
    await pageBecomes('window.readings.length >= 3');
    await traffic.stop();
    // Silence, so that nothing changes between looking at the page and at the readings.
    await browser.evaluate(`document.getElementById('pause').click()`);
    await sleep(1_000);
    const readings = await browser.evaluate<{ text: string; at: number }[]>('window.readings');
    const [before, after] = readings.slice(-2) as [
      { text: string; at: number },
      { text: string; at: number },
    ];
    const grown = (metric: string, labels: Record<string, string> = {}) =>
      sumOf(after.text, metric, labels) - sumOf(before.text, metric, labels);

    const seconds = (after.at - before.at) / 1_000;
    const count = 'prior_http_request_duration_seconds_count';
    const requests = grown(count) - grown(count, { route: '/health/ready' });
    expect(requests).toBeGreaterThan(0);
    expect(Math.abs(parseFloat(await textOf('[data-value="requests.0"]')) - requests / seconds)).toBeLessThan(
      1 + requests / seconds / 20,
    );

    const of = (tier: string, result: string) => grown('prior_cache_requests_total', { tier, result });
    const hits = of('l1', 'hit') + of('l1', 'revalidated') + of('l2', 'hit');
    const rate = hits / (hits + of('l2', 'miss') + of('l2', 'error'));
    expect(await textOf('[data-value="hit-rate.0"]')).toBe(`${Number((rate * 100).toFixed(1))} %`);

    const pools = await browser.evaluate<string[]>(
      `[...document.querySelectorAll('#pools .part')].map((one) => one.textContent)`,
    );
    const limit = sumOf(after.text, 'prior_db_pool_connections', { role: 'primary', state: 'limit' });
    const used = sumOf(after.text, 'prior_db_pool_connections', { role: 'primary', state: 'used' });
    expect(pools[0]).toContain(`:${stack.primary.port}${used} of ${limit}`);
    expect(await textOf('[data-breaker="redis"]')).toBe('redis: closed');
    expect(await textOf('[data-value="latency.0"]')).toMatch(/^[\d.,]+ ms$/);
    expect(await textOf('#routes')).toContain('GET /api/products');
    await browser.evaluate(`document.getElementById('pause').click()`);
  });

  it.each(VIEWS)('fits a window of %j', async (view) => {
    await browser.look(view);
    const { wide, room } = await browser.evaluate<{ wide: number; room: number }>(
      '({ wide: document.documentElement.scrollWidth, room: innerWidth })',
    );
    expect(wide).toBeLessThanOrEqual(room);
    const picture = await browser.picture();
    expect(picture.length).toBeGreaterThan(10_000);
    writeFileSync(join(pictures, `${view.width}${view.dark ? '-dark' : ''}.png`), picture);
  });

  it('can be read without seeing it', async () => {
    const nodes = await browser.accessible();
    const named = (role: string) => nodes.filter((one) => one.role === role).map(({ name }) => name);
    expect(named('status')).toHaveLength(1);
    expect(named('button')).toEqual(['Pause']);
    expect(named('heading')).toEqual(
      expect.arrayContaining(['Prior', 'Servers', 'Latency', 'Circuit breakers']),
    );
    expect(named('image').filter((name) => name.startsWith('Latency: p95 now'))).toHaveLength(1);
    expect(named('image').every((name) => name.length > 0)).toBe(true);
  });

  it('asks nobody else, and complains about nothing', () => {
    const strangers = browser.requested.filter((url) => !url.startsWith(admin) && !url.startsWith('data:'));
    expect(strangers).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });

  it('says so when the admin port is gone', async () => {
    await api.stop();
    await pageBecomes(`document.getElementById('state').textContent.includes('does not answer')`);
  });
});

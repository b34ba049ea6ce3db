import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { need } from '../../scripts/lib/binaries.js';
import {
  alertMeasurements,
  type Expression,
  panelExpressions,
  runbookCommands,
} from './observability/expressions';
import { PRODUCTS, WatchedStack } from './observability/stack';
import { TRACE_ID, Traffic } from './observability/traffic';

const run = promisify(execFile);
const DEPLOY = resolve(__dirname, '../../deploy/prometheus');
/** Enough for a machine with other work; a few seconds are the rule. */
const PATIENCE_MS = 120_000;

describe('promtool', () => {
  it('takes the configuration, the rules and the alerts', async () => {
    await run(need('promtool'), ['check', 'config', join(DEPLOY, 'prometheus.yml')]);
  });

  it('sees every alert fire when it must, and be silent when it must', async () => {
    const tests = readdirSync(join(DEPLOY, 'tests')).map((name) => join(DEPLOY, 'tests', name));
    await run(need('promtool'), ['test', 'rules', ...tests]);
  });
});

describe('a Prometheus that scrapes the running stack under load', () => {
  let stack: WatchedStack;
  let traffic: Traffic;

  beforeAll(async () => {
    stack = await WatchedStack.start();
    traffic = new Traffic(stack.port, PRODUCTS);
  }, 180_000);
  afterAll(async () => {
    await traffic?.stop();
    await stack?.stop();
  }, 60_000);

  /** Asks until all have an answer. @returns those that have none in the end */
  async function withoutData(expressions: readonly Expression[]): Promise<Expression[]> {
    let missing = [...expressions];
    for (const end = performance.now() + PATIENCE_MS; ; await sleep(1_000)) {
      const found = await Promise.all(missing.map(({ expr }) => stack.prometheus.query(expr)));
      missing = missing.filter((_, i) => found[i]!.length === 0);
      if (missing.length === 0 || performance.now() > end) return missing;
    }
  }

  it('reaches every target', async () => {
    expect(await withoutData([{ where: 'targets', expr: 'sum(up) == 5 and count(up) == 5' }])).toEqual([]);
  }, 150_000);

  it('has data for every expression of every panel', async () => {
    const panels = panelExpressions('15s');
    expect(panels.length).toBeGreaterThan(80);
    expect(await withoutData(panels)).toEqual([]);
  }, 150_000);

  it('has data for what every alert measures', async () => {
    const measurements = alertMeasurements();
    expect(measurements.length).toBeGreaterThan(25);
    expect(await withoutData(measurements)).toEqual([]);
  }, 150_000);

  it('evaluates every rule without an error', async () => {
    const rules = await stack.prometheus.rules();
    expect(rules.filter(({ type }) => type === 'alerting').length).toBeGreaterThan(20);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('knows requests behind the buckets, by their trace or their id', async () => {
    const exemplars = await stack.prometheus.exemplars('prior_http_request_duration_seconds_bucket');
    expect(exemplars).toContainEqual({ trace_id: TRACE_ID });
    expect(exemplars).toContainEqual({ request_id: expect.stringMatching(/^[\w-]{36}$/) });
  });

  it('runs every command of the runbook', async () => {
    const env = {
      PATH: process.env.PATH ?? '',
      ADMIN: `http://127.0.0.1:${stack.adminPort}`,
      API: `http://127.0.0.1:${stack.port}`,
      REDIS_URL: stack.servers.redisUrl,
    };
    const blocks = runbookCommands();
    expect(blocks.length).toBeGreaterThan(40);
    const failed: unknown[] = [];
    for (const { page, kind, text } of blocks) {
      try {
        if (kind === 'promql') expect(await stack.prometheus.query(text)).not.toHaveLength(0);
        else if (kind === 'sh') await run('bash', ['-euo', 'pipefail', '-c', text], { env });
        else expect(await stack.sql(text, kind === 'sql' ? 'primary' : 'replica')).not.toHaveLength(0);
      } catch (error) {
        failed.push([page, text, String(error)]);
      }
    }
    expect(failed).toEqual([]);
  }, 120_000);

  it('sees a stopped replica, a dead Redis and a dead process', async () => {
    const begun = (alert: string) => ({ where: alert, expr: `ALERTS{alertname="${alert}"}` });
    const { servers } = stack.servers;
    await servers.replicas[0]!.stopApplier();
    expect(await withoutData([begun('PriorReplicaDown')])).toEqual([]);
    await servers.redis!.kill();
    expect(await withoutData([begun('PriorBreakerOpen')])).toEqual([]);
    await traffic.stop();
    await stack.api.stop();
    expect(await withoutData([begun('PriorDown')])).toEqual([]);
  }, 400_000);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePorts } from '../../../scripts/lib/ports.js';
import { Program } from './program';

const DEPLOY = resolve(__dirname, '../../../deploy/prometheus');

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}
interface Config {
  global: Record<string, unknown>;
  rule_files: string[];
  scrape_configs: { job_name: string; static_configs: unknown[] }[];
}

/** A real Prometheus with the configuration of deploy/prometheus, which scrapes every second. */
export class Prometheus {
  private constructor(
    private readonly program: Program,
    private readonly dir: string,
  ) {}

  /** @param targets addresses by job; every job of the configuration needs some */
  static async start(targets: Readonly<Record<string, readonly string[]>>): Promise<Prometheus> {
    const dir = mkdtempSync(join(tmpdir(), 'prior-prometheus-'));
    const config = parse(readFileSync(join(DEPLOY, 'prometheus.yml'), 'utf8')) as Config;
    Object.assign(config.global, { scrape_interval: '1s', evaluation_interval: '1s' });
    config.rule_files = config.rule_files.map((file) => join(DEPLOY, file));
    for (const job of config.scrape_configs) job.static_configs = [{ targets: targets[job.job_name] }];
    writeFileSync(join(dir, 'prometheus.yml'), stringify(config));
    const [port] = await freePorts(1);
    try {
      const program = await Program.start('prometheus', port!, [
        `--config.file=${join(dir, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=exemplar-storage',
        '--log.level=warn',
      ]);
      const ready = () => fetch(`http://${program.address}/-/ready`).then(({ ok }) => ok);
      while (!(await ready())) await sleep(50);
      return new Prometheus(program, dir);
    } catch (error) {
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** What an expression says now; series that are not a number are left out. @throws what Prometheus answers */
  async query(expr: string): Promise<Sample[]> {
    const { result } = await this.get<{ result: Sample[] }>(`query?${new URLSearchParams({ query: expr })}`);
    return result.filter(({ value }) => value[1] !== 'NaN');
  }

  /** The label sets of the exemplars of the last hour. */
  async exemplars(query: string): Promise<Record<string, string>[]> {
    const now = Date.now() / 1_000;
    const range = { start: String(now - 3_600), end: String(now + 60) };
    const found = await this.get<{ exemplars: { labels: Record<string, string> }[] }[]>(
      `query_exemplars?${new URLSearchParams({ query, ...range })}`,
    );
    return found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
  }

  /** Every rule with its state. */
  async rules(): Promise<{ name: string; type: string; health: string; lastError?: string }[]> {
    const { groups } = await this.get<{
      groups: { rules: { name: string; type: string; health: string; lastError?: string }[] }[];
    }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  private async get<T>(path: string): Promise<T> {
    const answer = await fetch(`http://${this.program.address}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') throw new Error(`${decodeURIComponent(path)}: ${body.error}`);
    return body.data;
  }
}

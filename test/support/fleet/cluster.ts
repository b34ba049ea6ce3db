import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../scripts/lib/ports.js';
import type { Stack } from '../stack';
import { SECRETS } from './fleet';
import { HttpClient } from './http-client';
import { TcpProxy } from './tcp-proxy';

const SCRIPT = resolve(__dirname, '../../../dist/apps/api/src/cluster.js');
const READY_MS = 60_000;

export interface ClusterOptions {
  readonly stack: Stack;
  /** A migrated database. */
  readonly database: string;
  readonly workers: number;
  readonly mutants?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The real cluster as built, with a proxy on the way to each of its servers. */
export class Cluster {
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly port: number,
    readonly admin: HttpClient,
    readonly links: { primary: TcpProxy; replicas: readonly TcpProxy[]; redis: TcpProxy },
    private readonly env: Readonly<Record<string, string>>,
    private readonly dir: string,
  ) {}

  /** @throws when it is not built, or does not come up */
  static async start({ stack, database, workers, mutants = [], env = {} }: ClusterOptions): Promise<Cluster> {
    if (!existsSync(SCRIPT)) throw new Error('Not built yet: npm run build');
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const redis = new URL(stack.redisUrl);
    const links = {
      primary: await TcpProxy.to(stack.primary),
      replicas: await Promise.all(stack.replicas.map((replica) => TcpProxy.to(replica))),
      redis: await TcpProxy.to({ host: redis.hostname, port: Number(redis.port || 6379) }),
    };
    redis.hostname = '127.0.0.1';
    redis.port = String(links.redis.port);
    const full = {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      ...SECRETS,
      DB_HOST: '127.0.0.1',
      DB_PORT: String(links.primary.port),
      DB_USER: stack.primary.user,
      DB_PASSWORD: stack.primary.password,
      DB_NAME: database,
      DB_REPLICAS: links.replicas.map((link) => `127.0.0.1:${link.port}`).join(','),
      REDIS_URL: redis.toString(),
      WORKERS: String(workers),
      RATE_LIMIT_EXEMPT: '127.0.0.0/8',
      SHUTDOWN_DELAY_MS: '0',
      PRIOR_MUTANTS: mutants.join(','),
      ...env,
    };
    const dir = mkdtempSync(join(tmpdir(), 'prior-cluster-'));
    const cluster = new Cluster(port, new HttpClient(adminPort), links, full, dir);
    try {
      await cluster.boot();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** The workers that serve now, the oldest first. */
  workers(): number[] {
    const started = this.lines().filter(({ msg, worker }) => msg === 'Serving' && typeof worker === 'number');
    return started.map(({ worker }) => worker as number).filter(isAlive);
  }

  /** How many workers have begun to serve since the start. */
  get served(): number {
    return this.lines().filter(({ msg }) => msg === 'Serving').length;
  }

  /** Replaces every worker; resolves when all are new. */
  async rollingRestart(): Promise<void> {
    const done = () => this.lines().filter(({ msg }) => msg === 'All workers are new').length;
    const before = done();
    this.child?.kill('SIGHUP');
    while (done() === before) await sleep(50);
  }

  /** The readiness that a balancer sees, and its body. */
  async ready(): Promise<{ status: number; body: { status?: string } }> {
    const answer = await this.admin.request('/health/ready');
    return { status: answer.status, body: answer.json() };
  }

  async metrics(): Promise<string> {
    return (await this.admin.request('/metrics')).body.toString('utf8');
  }

  /** The end of its log, for a failure's message. */
  logTail(lines = 15): string {
    return this.log().split('\n').slice(-lines).join('\n');
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const late = new AbortController();
      const limit = sleep(20_000, undefined, { signal: late.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
      await this.exited;
      late.abort();
      await limit;
    }
    this.admin.close();
    await Promise.all(
      [this.links.primary, this.links.redis, ...this.links.replicas].map((link) => link.close()),
    );
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  private async boot(): Promise<void> {
    const out = openSync(join(this.dir, 'log'), 'a');
    this.child = spawn(process.execPath, [SCRIPT], { env: this.env, stdio: ['ignore', out, out] });
    closeSync(out);
    this.exited = once(this.child, 'exit');
    const end = performance.now() + READY_MS;
    while (!this.lines().some(({ msg }) => msg === 'Workers started') || this.workers().length === 0) {
      if (this.child.exitCode !== null || performance.now() > end)
        throw new Error(`The cluster did not start:\n${this.logTail()}`);
      await sleep(50);
    }
  }

  private log(): string {
    const file = join(this.dir, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  private lines(): Record<string, unknown>[] {
    return this.log()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

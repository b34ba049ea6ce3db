import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts } from '../../../scripts/lib/ports.js';
import { SECRETS } from '../../support/fleet/fleet';
import { type Answer, HttpClient, NoAnswer, type Request } from '../../support/fleet/http-client';
import { type Stack, stackEnv } from '../../support/stack';

const MAIN = resolve(__dirname, '../../../dist/apps/api/src/main.js');
const READY_MS = 60_000;
const STOP_MS = 20_000;

interface Worker {
  readonly name: string;
  readonly port: number;
  readonly adminPort: number;
  readonly client: HttpClient;
  child?: ChildProcess;
}

/** Some API processes, as built, on ports that stay; a request goes to whichever serves, as a balancer would send it. */
export class Api {
  private next = 0;

  private constructor(
    private readonly workers: readonly Worker[],
    private readonly dir: string,
  ) {}

  /** @param dir for the logs @throws with the end of the log of a process that does not come up */
  static async start(stack: Stack, database: string, dir: string, count = 2): Promise<Api> {
    const ports = await freePorts(count * 2);
    const workers = Array.from({ length: count }, (_, i) => ({
      name: `api-${i + 1}`,
      port: ports[2 * i]!,
      adminPort: ports[2 * i + 1]!,
      client: new HttpClient(ports[2 * i]!),
    }));
    const api = new Api(workers, dir);
    try {
      await Promise.all(workers.map((worker) => api.startOne(worker, stack, database)));
    } catch (error) {
      await api.stop();
      throw error;
    }
    return api;
  }

  /** Replaces the processes one after the other by such that are configured for this stack. */
  async roll(stack: Stack, database: string): Promise<void> {
    for (const worker of this.workers) {
      await this.stopOne(worker);
      await this.startOne(worker, stack, database);
    }
  }

  /** @throws NoAnswer; a GET is sent to another process first */
  async request(path: string, request: Request = {}): Promise<Answer> {
    const serving = this.workers.filter(({ child }) => child);
    for (let tries = serving.length; ; tries -= 1) {
      const worker = serving[(this.next += 1) % Math.max(1, serving.length)];
      if (!worker) throw new NoAnswer('no process serves');
      try {
        return await worker.client.request(path, request);
      } catch (error) {
        const again = (request.method ?? 'GET') === 'GET' && tries > 1 && error instanceof NoAnswer;
        if (!again) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => this.stopOne(worker)));
  }

  private async startOne(worker: Worker, stack: Stack, database: string): Promise<void> {
    if (!existsSync(MAIN)) throw new Error('Not built yet: npm run build');
    const file = join(this.dir, `${worker.name}.log`);
    const log = openSync(file, 'a');
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'test',
        LOG_LEVEL: 'warn',
        HOST: '127.0.0.1',
        PORT: String(worker.port),
        ADMIN_PORT: String(worker.adminPort),
        ...SECRETS,
        ...stackEnv(stack, database),
        WORKERS: String(this.workers.length),
        RATE_LIMIT_EXEMPT: '127.0.0.0/8',
        SHUTDOWN_DELAY_MS: '0',
      },
    });
    closeSync(log);
    const limit = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    const ready = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'exit').then(() => false),
    ]);
    clearTimeout(limit);
    if (!ready) {
      const tail = readFileSync(file, 'utf8').split('\n').slice(-10).join('\n');
      throw new Error(`${worker.name} did not start:\n${tail}`);
    }
    worker.child = child;
  }

  private async stopOne(worker: Worker): Promise<void> {
    const { child } = worker;
    worker.child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(limit);
    }
    worker.client.close();
  }
}

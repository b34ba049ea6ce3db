import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Answer, HttpClient, type Request } from './http-client';
import { TcpProxy } from './tcp-proxy';

const MAIN = resolve(__dirname, '../../../dist/apps/api/src/main.js');
const READY_MS = 60_000;
/** Longer than anything that a process may do for an answer; a machine with other work takes its time. */
const CLIENT_MS = 60_000;

/** The ways of one process to its servers, each through a proxy of its own. */
export interface Links {
  readonly primary: TcpProxy;
  readonly replicas: readonly TcpProxy[];
  readonly redis: TcpProxy;
}

/** One API process, as built, whose connections and life the check controls. */
export class ApiNode {
  readonly client: HttpClient;
  private readonly admin: HttpClient;
  private child: ChildProcess | undefined;
  /** Up and not stopped by a signal of ours. */
  answering = false;

  constructor(
    readonly name: string,
    readonly links: Links,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logFile: string,
    ports: { port: number; adminPort: number },
  ) {
    this.client = new HttpClient(ports.port, CLIENT_MS);
    this.admin = new HttpClient(ports.adminPort);
    this.env = { ...env, PORT: String(ports.port), ADMIN_PORT: String(ports.adminPort) };
  }

  /** @throws with the end of its log when it does not come up */
  async start(): Promise<void> {
    if (!existsSync(MAIN)) throw new Error('Not built yet: npm run build');
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [MAIN], { env: this.env, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.child = child;
    const limit = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    const ready = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'exit').then(() => false),
    ]);
    clearTimeout(limit);
    if (!ready) throw new Error(`${this.name} did not start:\n${this.logTail()}`);
    this.answering = true;
  }

  request(path: string, request?: Request): Promise<Answer> {
    return this.client.request(path, request);
  }

  /** The text of /metrics. */
  async metrics(): Promise<string> {
    // Minutes may lie between two questions: a kept connection would have been closed meanwhile.
    try {
      return (await this.admin.request('/metrics')).body.toString('utf8');
    } finally {
      this.admin.close();
    }
  }

  pause(): void {
    this.answering = false;
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
    this.answering = true;
  }

  /** As a crash. */
  async kill(): Promise<void> {
    this.answering = false;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.client.close();
    this.admin.close();
  }

  async stop(): Promise<void> {
    await this.kill();
    await Promise.all(
      [this.links.primary, this.links.redis, ...this.links.replicas].map((proxy) => proxy.close()),
    );
  }

  private logTail(): string {
    return existsSync(this.logFile)
      ? readFileSync(this.logFile, 'utf8').split('\n').slice(-15).join('\n')
      : '';
  }
}

/** @param dir for its log */
export const logFileOf = (dir: string, name: string): string => join(dir, `${name}.log`);

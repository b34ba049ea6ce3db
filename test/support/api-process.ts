import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(__dirname, '../..');

/** What a process of the API needs beside its servers; nothing comes from the environment of the tests. */
const BASE = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'info',
  JWT_SECRET: 'only the tests sign anything with this one',
  PATH: process.env['PATH'] ?? '',
};

/** One process of the API, from the sources, with what it has printed. */
export class ApiProcess {
  output = '';
  private readonly child: ChildProcess;
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;

  constructor(script: 'main' | 'cluster', env: Readonly<Record<string, string>>) {
    const args = ['-r', join(root, 'scripts/lib/register-ts.js'), join(root, `apps/api/src/${script}.ts`)];
    this.child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...BASE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = once(this.child, 'close').then(([status, signal]) => (status ?? signal) as number | string);
  }

  /** The log's entries so far. */
  get log(): Record<string, unknown>[] {
    const lines = this.output.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until `check` is true. @throws with the process's output after 100 s, or when it has ended */
  async until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 100_000;
    while (!(await check())) {
      if (performance.now() > end || this.child.exitCode !== null)
        throw new Error(`${what} did not happen:\n${this.output}`);
      await sleep(50);
    }
  }

  /** Ends it, if it has not ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** The status of a GET, undefined when nobody answers. */
export const statusOf = (url: string): Promise<number | undefined> =>
  fetch(url, { headers: { connection: 'close' } }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => undefined,
  );

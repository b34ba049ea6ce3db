import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { need } from '../../../scripts/lib/binaries.js';
import { accepts } from '../../../scripts/lib/ports.js';

/** A program of the operators that listens on a port of this machine. */
export class Program {
  private constructor(
    readonly address: string,
    private readonly child: ChildProcess,
  ) {}

  /** @throws with what it has printed when it does not listen */
  static async start(
    name: Parameters<typeof need>[0],
    port: number,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Program> {
    let text = '';
    const child = spawn(need(name), args, {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
    }
    const program = new Program(`127.0.0.1:${port}`, child);
    for (const end = performance.now() + 30_000; !(await accepts(port)); await sleep(50)) {
      if (child.exitCode === null && performance.now() < end) continue;
      await program.stop();
      throw new Error(`${name} does not listen:\n${text}`);
    }
    return program;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

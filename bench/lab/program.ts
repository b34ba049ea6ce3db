import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail } from '../../scripts/lib/run.js';
import { endWithUs } from './ending';
import { LOGS, ROOT } from './lab';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 15_000;
/** USER_HZ, the same on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** One process that is measured. */
export class Program {
  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    child.once(
      'exit',
      endWithUs(() => this.stop()),
    );
  }

  /**
   * @param args of node
   * @param ready a path that answers 200 once it serves
   * @throws with the end of its log when it does not begin to serve
   */
  static async start(
    name: string,
    { args, env, port, ready }: { args: string[]; env: Record<string, string>; port: number; ready: string },
  ): Promise<Program> {
    const log = join(LOGS, `${name}.log`);
    const out = openSync(log, 'w');
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', out, out] });
    closeSync(out);
    const program = new Program(name, port, child);
    const end = Date.now() + START_LIMIT_MS;
    while ((await statusOf(port, ready)) !== 200) {
      const dead = child.exitCode !== null;
      if (dead || Date.now() > end) {
        await program.stop();
        throw new Error(`${name} ${dead ? 'ended' : 'does not answer'}. The end of ${log}:\n${tail(log)}`);
      }
      await sleep(50);
    }
    return program;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Processor time that it has used so far, all threads, s; NaN where the system has no /proc. */
  cpuSeconds(): number {
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
      // The second field is the program's name in brackets, which may hold spaces; 14 and 15 are user and system time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
    } catch {
      return NaN;
    }
  }

  /** SIGTERM, and SIGKILL when that is not enough. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }
}

/** The status of a GET, undefined when nobody answers within 5 s. */
function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 5_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

/** Memory (RSS) of a process and of its children, MB, by pid. */
export function memoryOf(pid: number): Map<number, number> {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = rows.filter(([own, parent]) => own === pid || parent === pid);
  return new Map(family.map(([own, , kb]) => [own!, kb! / 1024]));
}

import { readdir, readFile } from 'node:fs/promises';

/** Linux's /proc: counters of the machine and of its processes. */

/** Times of one core since the start, in ticks. */
export interface CoreTimes {
  readonly busy: number;
  readonly all: number;
  readonly waiting: number;
}

/** Cores of /proc/stat. */
export function coresOf(stat: string): CoreTimes[] {
  return stat
    .split('\n')
    .filter((line) => /^cpu\d/.test(line))
    .map((line) => {
      const ticks = line.trim().split(/\s+/).slice(1).map(Number);
      // user nice system idle iowait irq softirq steal; guest times are in user already (proc(5)).
      const all = ticks.slice(0, 8).reduce((sum, n) => sum + n, 0);
      const [idle = 0, waiting = 0] = [ticks[3], ticks[4]];
      return { all, waiting, busy: all - idle - waiting };
    });
}

/** /proc/meminfo, in bytes by name. */
export const memoryOf = (meminfo: string): Map<string, number> =>
  new Map(
    [...meminfo.matchAll(/^(\w+):\s+(\d+) kB/gm)].map(([, name = '', kb]) => [name, Number(kb) * 1024]),
  );

/** TCP connections in state ESTABLISHED (01) of /proc/net/tcp or tcp6. */
export const establishedIn = (tcp: string): number =>
  tcp.split('\n').filter((line) => line.trim().split(/\s+/)[3] === '01').length;

/** The soft limit of open files; Infinity for none. */
export function openFilesLimitOf(limits: string): number {
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === 'unlimited' ? Infinity : Number(soft ?? 0);
}

export interface Process {
  readonly pid: number;
  /** Words of its command line. */
  readonly command: readonly string[];
}

/** @param root /proc */
export async function processesOf(root = '/proc'): Promise<Process[]> {
  const pids = (await readdir(root)).filter((name) => /^\d+$/.test(name)).map(Number);
  const read = async (pid: number): Promise<Process[]> => {
    const text = await readOr(`${root}/${pid}/cmdline`);
    const command = text.split('\0').filter(Boolean);
    return command.length > 0 ? [{ pid, command }] : [];
  };
  return (await Promise.all(pids.map(read))).flat();
}

/** A process may end while it is looked at, or belong to somebody else. */
export const readOr = (file: string, instead = ''): Promise<string> =>
  readFile(file, 'utf8').catch(() => instead);

/** Ticks that a process has spent, of /proc/PID/stat; its name may contain spaces and brackets. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

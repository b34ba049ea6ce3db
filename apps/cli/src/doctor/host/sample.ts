import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism, loadavg, release, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  coresOf,
  establishedIn,
  memoryOf,
  openFilesLimitOf,
  type Process,
  processesOf,
  readOr,
  ticksOf,
} from './proc';

/** How long the machine is watched, ms. */
const WATCH_MS = 500;

/** The machine that the doctor runs on, as it was within half a second. */
export interface Host {
  readonly os: string;
  readonly cores: number;
  readonly load: number;
  /** 0 to 1 for each core. */
  readonly busy: readonly number[];
  /** Share of the time that cores waited for a disk, 0 to 1. */
  readonly diskWait: number;
  readonly memory: ReadonlyMap<string, number>;
  readonly established: number;
  /** Disks by name: true for one with a spinning plate. */
  readonly disks: ReadonlyMap<string, boolean>;
  /** Database servers on this host, cores in use (1 = one core). */
  readonly databases: readonly { readonly name: string; readonly cores: number }[];
  /** Processes of Node, without the doctor and who started it. */
  readonly node: readonly Process[];
  /** Those that serve the API. */
  readonly api: readonly { readonly pid: number; readonly openFiles: number; readonly mayOpen: number }[];
  /** Who starts the API again when it ends; undefined when nobody is seen. */
  readonly manager: string | undefined;
  /** Open files that this process may have. */
  readonly mayOpen: number;
}

/** Processes that answer requests, whether built or from the sources. */
export const isWorker = ({ command }: Process): boolean =>
  command.some((word) => /apps\/api\/src\/main\.(js|ts)$/.test(word));
const isSupervisor = ({ command }: Process): boolean =>
  command.some((word) => /apps\/api\/src\/cluster\.(js|ts)$/.test(word));
const isNode = ({ command: [first = ''] }: Process): boolean => /(^|\/)node$/.test(first);
const isDoctor = ({ pid, command }: Process): boolean => pid === process.pid || command.includes('doctor');
const isDatabase = ({ command: [first = ''] }: Process): boolean => /(^|\/)(mysqld|mariadbd)$/.test(first);

/** Where every pod has its account. */
const POD = '/var/run/secrets/kubernetes.io';

function managerOf(all: readonly Process[]): string | undefined {
  if (existsSync(POD)) return 'Kubernetes';
  if (all.some(({ command }) => /^PM2 v\d|God Daemon/.test(command.join(' ')))) return 'PM2';
  return all.some(isSupervisor) ? 'cluster.js (nobody starts that one again)' : undefined;
}

/** @returns undefined where there is no /proc */
export async function sampleHost(): Promise<Host | undefined> {
  const before = coresOf(await readOr('/proc/stat'));
  if (before.length === 0) return undefined;
  const all = await processesOf();
  const databases = all.filter(isDatabase);
  const ticks = () =>
    Promise.all(databases.map(async ({ pid }) => ticksOf(await readOr(`/proc/${pid}/stat`))));
  const spentBefore = await ticks();
  await sleep(WATCH_MS);
  const after = coresOf(await readOr('/proc/stat'));
  const spent = await ticks();
  const deltas = after.map((core, i) => ({
    busy: core.busy - (before[i]?.busy ?? 0),
    waiting: core.waiting - (before[i]?.waiting ?? 0),
    all: Math.max(1, core.all - (before[i]?.all ?? 0)),
  }));
  const passed = Math.max(1, ...deltas.map((core) => core.all));
  return {
    os: `${type()} ${release()}`,
    cores: availableParallelism(),
    load: loadavg()[0] ?? 0,
    busy: deltas.map((core) => core.busy / core.all),
    diskWait: deltas.reduce((sum, core) => sum + core.waiting / core.all, 0) / Math.max(1, deltas.length),
    memory: memoryOf(await readOr('/proc/meminfo')),
    established: establishedIn(await readOr('/proc/net/tcp')) + establishedIn(await readOr('/proc/net/tcp6')),
    disks: await disksOf(),
    databases: databases.map(({ pid, command }, i) => ({
      name: `${(command[0] ?? '').split('/').at(-1)} ${pid}`,
      cores: ((spent[i] ?? 0) - (spentBefore[i] ?? 0)) / passed,
    })),
    node: all.filter((one) => isNode(one) && !isDoctor(one)),
    api: await Promise.all(all.filter((one) => isNode(one) && isWorker(one)).map(filesOf)),
    manager: managerOf(all),
    mayOpen: openFilesLimitOf(await readOr('/proc/self/limits')),
  };
}

async function filesOf({ pid }: Process) {
  const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return { pid, openFiles: open.length, mayOpen: openFilesLimitOf(await readOr(`/proc/${pid}/limits`)) };
}

async function disksOf(): Promise<Map<string, boolean>> {
  const names = await readdir('/sys/block').catch(() => []);
  const disks = names.filter((name) => !/^(loop|ram|zram|sr|dm-|nbd)/.test(name));
  const spins = async (name: string) => (await readOr(`/sys/block/${name}/queue/rotational`)).trim() === '1';
  return new Map(await Promise.all(disks.map(async (name) => [name, await spins(name)] as const)));
}

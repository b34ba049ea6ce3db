import type { AppConfig } from '@prior/config';
import { type Check, grade, type Group, pass, skipped } from '../check';
import type { Host } from '../host/sample';
import { bytes, count, percent, shareOf } from '../units';

export interface HostSubject {
  readonly host: Host;
  readonly config: AppConfig;
}

type HostCheck = Check<HostSubject>;

const system: HostCheck = {
  name: 'system',
  target: 'Node 20.19+',
  cure: '',
  look: ({ host }) => pass(`${host.os}, ${count(host.cores, 'core')}, Node ${process.version}`),
};

const disks: HostCheck = {
  name: 'disks',
  target: 'SSD',
  cure: 'Put the database’s data directory on an SSD',
  look: ({ host }) => {
    const all = [...host.disks].map(([name, spins]) => `${name} ${spins ? 'HDD' : 'SSD'}`);
    if (all.length === 0) return skipped('the system shows none');
    // virtio and Xen call whatever is behind them a spinning disk.
    if ([...host.disks.keys()].every((name) => /^x?vd/.test(name)))
      return skipped(`${[...host.disks.keys()].join(', ')}: virtual, it does not say`);
    return grade(all.slice(0, 4).join(', '), { warn: [...host.disks.values()].every(Boolean) });
  },
};

const waiting: HostCheck = {
  name: 'waiting for disks (iowait)',
  target: '< 10 %',
  cure: 'iostat -x 1 5 names the disk; a larger innodb_buffer_pool_size reads less from it',
  look: ({ host }) => grade(percent(host.diskWait), { warn: host.diskWait >= 0.1 }),
};

const cpu: HostCheck = {
  name: 'CPU in use',
  target: '< 80 %',
  cure: 'top -bn1 names the process; under load: more cores, or more hosts behind the balancer',
  look: ({ host: { busy, load } }) => {
    const mean = shareOf(
      busy.reduce((sum, n) => sum + n, 0),
      busy.length,
    );
    const most = Math.max(0, ...busy);
    const value = `${percent(mean)}, busiest core ${percent(most)}, load ${load.toFixed(1)}`;
    // One full core beside idle ones is what a single process looks like.
    const single = busy.length > 2 && most > 0.95 && mean < 1.5 / busy.length;
    return grade(value, { warn: mean >= 0.8 || single });
  },
};

const database: HostCheck = {
  name: 'CPU of the database',
  target: '< 70 % of the cores',
  cure: 'See "Plans of the hot queries" and "Slow queries" for what it works at',
  look: ({ host: { databases, cores } }) => {
    if (databases.length === 0) return skipped('no database server on this host');
    const used = databases.reduce((sum, one) => sum + one.cores, 0);
    const value = `${count(databases.length, 'server')}, ${used.toFixed(2)} of ${count(cores, 'core')}`;
    return grade(value, { warn: used / cores >= 0.7 });
  },
};

const memory: HostCheck = {
  name: 'memory',
  target: '< 80 % in use, no swap',
  cure: 'free -h and top -o RES name the user; lower innodb_buffer_pool_size, WORKERS or CACHE_L1_MAX_BYTES',
  look: ({ host: { memory: of } }) => {
    const value = (name: string) => of.get(name) ?? 0;
    const [all, used] = [value('MemTotal'), value('MemTotal') - value('MemAvailable')];
    const swapped = value('SwapTotal') - value('SwapFree');
    const share = shareOf(used, all);
    const text = `${bytes(used)} of ${bytes(all)} (${percent(share)}), ${bytes(swapped)} swapped`;
    return grade(text, { fail: share >= 0.95, warn: share >= 0.8 || swapped > 0.1 * all });
  },
};

const network: HostCheck = {
  name: 'connections ESTABLISHED',
  target: '< 20,000',
  cure: 'ss -tn state established names the peers; many that never end are a leak',
  look: ({ host }) => grade(String(host.established), { warn: host.established >= 20_000 }),
};

/** Sockets of clients, pools and Redis, and some. */
const FILES = 10_000;

const files: HostCheck = {
  name: 'open files limit',
  target: `>= ${FILES}, < 80 % in use`,
  cure: 'ulimit -n 65536 before the start (systemd: LimitNOFILE=65536; Docker: --ulimit nofile=65536)',
  look: ({ host: { api, mayOpen } }) => {
    const limit = Math.min(mayOpen, ...api.map((one) => one.mayOpen));
    const most = Math.max(0, ...api.map((one) => one.openFiles));
    const value = `${limit === Infinity ? 'unlimited' : limit}; ${api.length > 0 ? `an API process has ${most} open` : 'no API process here'}`;
    return grade(value, { fail: limit < 1_024, warn: limit < FILES || most >= 0.8 * limit });
  },
};

const workers: HostCheck = {
  name: 'workers and cores',
  target: 'one per core',
  cure: 'WORKERS=0 (one per core) and npm start; under PM2: pm2 start ecosystem.config.js',
  look: ({ host: { api, cores, node, manager: keeper }, config: { runtime } }) => {
    if (keeper === 'Kubernetes')
      return pass(`${count(api.length, 'worker')} in this pod`, { target: 'one per pod' });
    const value = `${count(cores, 'core')}, WORKERS makes ${runtime.workers}`;
    if (api.length > 0)
      return grade(`${count(api.length, 'worker')} on ${value}`, {
        fail: api.length === 1 && cores >= 4,
        warn: api.length < cores,
      });
    const other = node.length === 1 ? ', a single Node process runs here' : '';
    return grade(`no API process here${other}; ${value}`, { warn: runtime.workers < cores });
  },
};

const manager: HostCheck = {
  name: 'process manager',
  target: 'PM2, systemd or Kubernetes',
  cure: 'npm run build && pm2 start ecosystem.config.js && pm2 save && pm2 startup',
  look: ({ host }) => {
    if (host.manager !== undefined) return pass(host.manager);
    if (host.api.length === 0) return skipped('no API process here');
    return grade('none seen', { warn: true });
  },
};

const node: HostCheck = {
  name: 'Node processes',
  target: '',
  cure: '',
  look: ({ host }) => pass(`${host.node.length}, of them ${host.api.length} serve the API`),
};

export const hostGroup: Group<HostSubject> = {
  name: 'This host',
  checks: [system, cpu, database, memory, disks, waiting, network, files, node, workers, manager],
};

/** Where the machine cannot be looked at. */
export const noHost: Group<undefined> = {
  name: 'This host',
  checks: [
    {
      name: 'system',
      target: '',
      cure: '',
      look: () => skipped(`${process.platform} has no /proc: run the doctor on the Linux host of the API`),
    },
  ],
};

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeVariables } from '@prior/config';
import { parse } from 'yaml';

const root = resolve(__dirname, '../..');
const read = (name: string) => readFileSync(resolve(root, name), 'utf8');

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  healthcheck?: { test: string[] };
  restart?: string;
}

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const service = (name: string): Service => {
    const found = services[name];
    if (!found) throw new Error(`no service is called ${name}`);
    return found;
  };
  const waitsFor = (name: string, condition: string) =>
    Object.entries(service(name).depends_on ?? {})
      .filter(([, one]) => one.condition === condition)
      .map(([other]) => other)
      .sort();
  const mysqls = ['mysql-primary', 'mysql-replica'];

  it('has two MySQL servers with GTIDs and different ids, of which only one is written to', () => {
    const ids = mysqls.map((name) => service(name).command?.find((arg) => arg.startsWith('--server-id')));
    expect(new Set(ids).size).toBe(2);
    for (const name of mysqls) {
      expect(service(name).image).toMatch(/^mysql:8\.4/);
      expect(service(name).command).toEqual(
        expect.arrayContaining([
          '--gtid-mode=ON',
          '--enforce-gtid-consistency=ON',
          '--log-bin-trust-function-creators=1',
        ]),
      );
    }
    expect(service('mysql-replica').command).toEqual(
      expect.arrayContaining(['--read-only=ON', '--replica-preserve-commit-order=ON']),
    );
    expect(service('mysql-primary').command).not.toContain('--read-only=ON');
  });

  it('keeps the databases in volumes of their own and mounts init scripts that exist', () => {
    for (const name of mysqls) {
      const [data = '', init = ''] = service(name).volumes ?? [];
      expect(Object.keys(volumes)).toContain(data.split(':')[0]);
      expect(existsSync(resolve(root, init.split(':')[0] ?? ''))).toBe(true);
      expect(init).toContain(':/docker-entrypoint-initdb.d/');
    }
    const [first, second] = mysqls.map((name) => service(name).volumes?.[0]);
    expect(first).not.toBe(second);
  });

  it('replicates from the primary’s service with the account that the primary makes', () => {
    const replica = read('deploy/compose/replica-init.sh');
    const host = /SOURCE_HOST = '([^']+)'/.exec(replica)?.[1];
    const user = /SOURCE_USER = '([^']+)'/.exec(replica)?.[1];
    expect(mysqls[0]).toBe(host);
    expect(replica).toContain('SOURCE_AUTO_POSITION = 1');
    expect(read('deploy/compose/primary-init.sh')).toContain(
      `GRANT REPLICATION SLAVE ON *.* TO '${user}'@'%'`,
    );
  });

  it('gives every init script the passwords that it uses', () => {
    for (const [name, script] of [
      ['mysql-primary', 'primary-init.sh'],
      ['mysql-replica', 'replica-init.sh'],
    ] as const) {
      const used = [...read(`deploy/compose/${script}`).matchAll(/\$([A-Z_]+)/g)].map(([, word]) => word);
      expect(used.length).toBeGreaterThan(0);
      expect(Object.keys(service(name).environment ?? {})).toEqual(expect.arrayContaining(used));
    }
  });

  it('starts each part when what it needs is ready', () => {
    expect(waitsFor('mysql-replica', 'service_healthy')).toEqual(['mysql-primary']);
    expect(waitsFor('setup', 'service_healthy')).toEqual(['mysql-primary', 'mysql-replica', 'redis']);
    expect(waitsFor('api', 'service_completed_successfully')).toEqual(['setup']);
    expect(service('setup').restart).toBe('no');
    for (const name of [...mysqls, 'redis', 'api']) expect(service(name).healthcheck?.test).toBeDefined();
  });

  it('points the API at these servers, by variables that exist, with an account that may change no table', () => {
    const known = describeVariables().map(({ name }) => name);
    for (const name of ['setup', 'api']) {
      const env = service(name).environment ?? {};
      expect(Object.keys(env).filter((key) => !known.includes(key))).toEqual([]);
      expect(env).toMatchObject({ DB_HOST: mysqls[0], DB_REPLICAS: `${mysqls[1]}:3306` });
      expect(new URL(env['REDIS_URL'] ?? '').hostname).toBe('redis');
      expect(env['JWT_SECRET']?.length).toBeGreaterThanOrEqual(32);
    }
    const accounts = read('deploy/compose/primary-init.sh');
    const granted = (user: string) =>
      [...accounts.matchAll(/GRANT ([^;]+?) ON prior\.\* TO '(\w+)'/g)].find((one) => one[2] === user)?.[1];
    expect(granted(service('api').environment?.['DB_USER'] ?? '')).toBe('SELECT, INSERT, UPDATE, DELETE');
    expect(granted(service('setup').environment?.['DB_USER'] ?? '')).toContain('ALTER');
  });

  it('opens ports to this machine only, and publishes no database', () => {
    expect(service('api').ports).toHaveLength(2);
    for (const [name, { ports = [] }] of Object.entries(services)) {
      if (!['api', 'prometheus', 'grafana'].includes(name)) expect(ports).toEqual([]);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });
});

describe('the profile observability', () => {
  const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service & { profiles?: string[] }>;
    volumes: Record<string, unknown>;
  };
  const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const mine = Object.entries(services).filter(([, { profiles }]) => profiles?.includes('observability'));

  it('is not started without being asked for', () => {
    expect(mine.map(([name]) => name).sort()).toEqual(
      ['grafana', 'mysql-primary-exporter', 'mysql-replica-exporter', 'prometheus', 'redis-exporter'].sort(),
    );
  });

  it('scrapes services that exist, every exporter among them', () => {
    const hosts = jobs.flatMap((job) => job.static_configs.flatMap(({ targets }) => targets));
    const scraped = hosts.map((host) => host.split(':')[0] ?? '');
    for (const name of scraped) expect(Object.keys(services)).toContain(name);
    const exporters = mine.map(([name]) => name).filter((name) => name.endsWith('-exporter'));
    expect(scraped).toEqual(expect.arrayContaining(['api', ...exporters]));
  });

  it('mounts what is there', () => {
    for (const [, { volumes: mounts = [] }] of mine) {
      for (const mount of mounts) {
        const [from = ''] = mount.split(':');
        const found = from.startsWith('.') ? existsSync(resolve(root, from)) : from in volumes;
        expect([mount, found]).toEqual([mount, true]);
      }
    }
  });

  it('gives the exporters the account that the primary makes', () => {
    const accounts = read('deploy/compose/primary-init.sh');
    for (const name of ['mysql-primary-exporter', 'mysql-replica-exporter']) {
      const user = /--mysqld\.username=(\w+)/.exec(services[name]?.command?.join(' ') ?? '')?.[1];
      expect(accounts).toContain(`CREATE USER '${user}'@'%' IDENTIFIED BY '$EXPORTER_PASSWORD'`);
    }
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const words = (line: string) => line.split(/\s+/);
  const lastStage = lines.slice(lines.map((line) => line.startsWith('FROM')).lastIndexOf(true));

  it('copies only what is there and what .dockerignore lets through', () => {
    const let_through = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => words(line).slice(1, -1));
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      expect(existsSync(resolve(root, source))).toBe(true);
      expect(let_through).toContain(source.replace(/^\.\//, ''));
    }
  });

  it('copies from stages that exist', () => {
    const stages = lines.flatMap((line) => /^FROM \S+ AS (\S+)/.exec(line)?.[1] ?? []);
    const from = lines.flatMap((line) => /--from=(\S+)/.exec(line)?.[1] ?? []);
    expect(from.length).toBeGreaterThan(0);
    for (const one of from) expect(stages).toContain(one);
  });

  it('runs Node 24 without root, and takes SIGTERM itself', () => {
    expect(lastStage[0]).toMatch(/^FROM node:24/);
    const user = lastStage.filter((line) => line.startsWith('USER ')).at(-1);
    expect(user).toBeDefined();
    expect(user).not.toMatch(/\b(root|0)\b/);
    // The exec form: a shell in between would swallow the signal.
    expect(lastStage.at(-1)).toMatch(/^CMD \["node", /);
    expect(lastStage.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
  });

  it('holds the program that the API’s service starts', () => {
    const script = /dist\/(.+)\.js/.exec(lastStage.at(-1) ?? '')?.[1];
    expect(existsSync(resolve(root, `${script}.ts`))).toBe(true);
  });
});

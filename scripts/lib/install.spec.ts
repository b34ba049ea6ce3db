import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dependenciesAreCurrent, planInstall } from './install.js';
import { satisfies } from './node-version.js';

const linux = { platform: 'linux', root: false, apt: true, brew: false, sudo: false } as const;
const mac = { platform: 'darwin', root: false, apt: false, brew: true, sudo: true } as const;

describe('system packages', () => {
  it('are installed by apt as root or by sudo that asks nothing, each package once', () => {
    const asRoot = planInstall(['mariadbd', 'mariadb-install-db', 'redis-server'], { ...linux, root: true });
    expect(asRoot.command).toBe('sh');
    expect(asRoot.args.slice(-2)).toEqual(['mariadb-server-core', 'redis-server']);
    const bySudo = planInstall(['mariadb'], { ...linux, sudo: true });
    expect([bySudo.command, bySudo.args[0], bySudo.args.at(-1)]).toEqual([
      'sudo',
      '-n',
      'mariadb-client-core',
    ]);
  });

  it('are installed by brew on macOS', () => {
    expect(planInstall(['mariadbd', 'mariadb', 'redis-server'], mac)).toEqual({
      command: 'brew',
      args: ['install', 'mariadb', 'redis'],
    });
  });

  it('are asked for by the exact command where it may not be done from here', () => {
    expect(() => planInstall(['mariadbd', 'redis-server'], linux)).toThrow(
      'sudo apt-get install --no-install-recommends mariadb-server-core redis-server',
    );
    expect(() => planInstall(['redis-server'], { ...mac, brew: false })).toThrow('brew install redis');
    expect(() => planInstall(['redis-server'], { ...linux, apt: false })).toThrow('redis-server');
  });
});

describe('npm packages', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'prior-install-'));
    mkdirSync(join(dir, 'node_modules/a'), { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const lock = (file: string, packages: object) =>
    writeFileSync(join(dir, file), JSON.stringify({ packages }));
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', optional: true },
  };

  it('are current when every needed version is there', () => {
    lock('package-lock.json', wanted);
    lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    expect(dependenciesAreCurrent(dir)).toBe(true);
  });

  it('are not when one has another version, is gone, or nothing was installed', () => {
    lock('package-lock.json', wanted);
    expect(dependenciesAreCurrent(dir)).toBe(false);
    lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } });
    expect(dependenciesAreCurrent(dir)).toBe(false);
    lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    rmSync(join(dir, 'node_modules/a'), { recursive: true });
    expect(dependenciesAreCurrent(dir)).toBe(false);
  });
});

it.each([
  ['v20.19.0', true],
  ['v20.18.3', false],
  ['v18.20.4', false],
  ['v24.1.0', true],
])('Node %s suffices for >=20.19: %s', (version, answer) => {
  expect(satisfies(version, '>=20.19')).toBe(answer);
});

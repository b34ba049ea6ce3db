import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@prior/config';
import { commandEnv, givenEnv, privateEnv } from './environment.js';
import { RedisServer } from './redis.js';
import type { Servers } from './servers.js';

const servers = {
  primary: { host: '127.0.0.1', port: 4001, user: 'prior', password: 'p' },
  replicas: [
    { host: '127.0.0.1', port: 4002 },
    { host: '127.0.0.1', port: 4003 },
  ],
  redis: new RedisServer({ dir: '', port: 4004, password: 'r' }),
} as unknown as Servers;
const jwtSecret = 'x'.repeat(48);
const decide = (given: Record<string, string>) =>
  privateEnv({ given, servers, jwtSecret, port: 3000, adminPort: 9464 });

it('makes a configuration that the application takes', () => {
  const config = loadConfig(decide({}));
  expect(config.database.replicas).toHaveLength(2);
  expect(config.database.primary).toEqual({ host: '127.0.0.1', port: 4001 });
});

it('leaves alone what the user has set', () => {
  expect(decide({ JWT_JWKS_URL: 'https://login.example.com/jwks' })).not.toHaveProperty('JWT_SECRET');
  expect(decide({ REDIS_URL: 'redis://mine' })).not.toHaveProperty('REDIS_URL');
  expect(decide({ SHUTDOWN_DELAY_MS: '5000' })).not.toHaveProperty('SHUTDOWN_DELAY_MS');
});

it('never mixes the user’s database with the private replicas', () => {
  const given = { DB_HOST: 'db-1', DB_USER: 'me' };
  expect(Object.keys(decide(given)).filter((name) => name.startsWith('DB_'))).toEqual([]);
  expect(commandEnv(given, decide({}))).toMatchObject({ ...given, JWT_SECRET: jwtSecret });
  expect(commandEnv(given, decide({}))).not.toHaveProperty('DB_REPLICAS');
});

it('takes an empty variable for one that is not set', () => {
  expect(commandEnv({ REDIS_URL: '' }, decide({ REDIS_URL: '' }))['REDIS_URL']).toBe(
    'redis://default:r@127.0.0.1:4004',
  );
});

it('reads .env, below the environment', () => {
  const dir = mkdtempSync(join(tmpdir(), 'prior-env-'));
  try {
    expect(givenEnv(dir, { A: '1' })).toEqual({ A: '1' });
    writeFileSync(join(dir, '.env'), 'A=file\nB="two words"\n#C=3\n');
    expect(givenEnv(dir, { A: '1' })).toEqual({ A: '1', B: 'two words' });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

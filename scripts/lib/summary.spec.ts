import { addresses, summary } from './summary.js';

const env = {
  HOST: '0.0.0.0',
  PORT: '3100',
  ADMIN_PORT: '9500',
  DB_HOST: '127.0.0.1',
  DB_PORT: '4001',
  DB_USER: 'prior',
  DB_PASSWORD: 'never shown',
  DB_NAME: 'prior',
  DB_REPLICAS: '127.0.0.1:4002,127.0.0.1:4003',
  REDIS_URL: 'redis://:never-shown@127.0.0.1:4004',
  JWT_SECRET: 'never shown either',
};
const apiLog = '.local/logs/api.log';

it('says where everything is, and keeps secrets', () => {
  const text = summary({ env, apiLog, detached: false, token: 'a.b.c', data: '10,000 products, seeded now' });
  for (const part of [
    'http://localhost:3100/docs',
    'http://localhost:9500/metrics',
    '127.0.0.1:4001',
    'replica 2  127.0.0.1:4003',
    '127.0.0.1:4004',
    '10,000 products, seeded now',
    'Bearer a.b.c',
    'Ctrl-C stops it',
  ])
    expect(text).toContain(part);
  expect(text).not.toMatch(/never.shown/);
});

it('tells how a run in the background is stopped, and offers no write without a token', () => {
  const text = summary({ env, apiLog, detached: true, already: true });
  expect(text).toContain('is running already. npm run down stops it');
  expect(text).not.toContain('POST');
});

it('names the address that is listened on', () => {
  expect(addresses({ ...env, HOST: '10.0.0.5' }).url).toBe('http://10.0.0.5:3100');
});

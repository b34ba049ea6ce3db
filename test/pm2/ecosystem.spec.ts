import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

interface App {
  readonly script: string;
  readonly instances: number;
  readonly exec_mode: string;
  readonly max_memory_restart?: string;
  readonly kill_timeout: number;
  readonly wait_ready: boolean;
  readonly env: Readonly<Record<string, string>>;
}

const root = join(__dirname, '../..');
const given = { ...process.env };

function appWith(env: Readonly<Record<string, string>>): App {
  for (const name of ['WORKERS', 'WORKER_MEMORY_LIMIT_MB', 'SHUTDOWN_DELAY_MS', 'SHUTDOWN_GRACE_MS', 'PORT'])
    delete process.env[name];
  Object.assign(process.env, env);
  let found: { apps: [App] } | undefined;
  jest.isolateModules(() => {
    found = jest.requireActual<{ apps: [App] }>('../../ecosystem.config.js');
  });
  if (!found) throw new Error('ecosystem.config.js was not loaded');
  return found.apps[0];
}
afterEach(() => {
  process.env = { ...given };
});

it('is the report’s: all cores, cluster mode, 500 MB, port 3000', () => {
  const app = appWith({});
  expect(app).toMatchObject({
    name: 'prior-api',
    instances: availableParallelism(),
    exec_mode: 'cluster',
    max_memory_restart: '500M',
    autorestart: true,
    watch: false,
    merge_logs: true,
    wait_ready: true,
    env: { NODE_ENV: given['NODE_ENV'] ?? 'production', PORT: '3000' },
  });
  // What is built from here.
  expect(existsSync(join(root, app.script.replace('./dist/', './').replace(/\.js$/, '.ts')))).toBe(true);
});

it('gives a process longer to leave than it takes, and divides pools by the processes that it starts', () => {
  const app = appWith({ WORKERS: '3', SHUTDOWN_DELAY_MS: '8000', SHUTDOWN_GRACE_MS: '30000' });
  expect(app.kill_timeout).toBeGreaterThan(38_000);
  expect([app.instances, app.env['WORKERS']]).toEqual([3, '3']);
});

it('a limit of 0 MB is none', () => {
  expect(appWith({ WORKER_MEMORY_LIMIT_MB: '0' }).max_memory_restart).toBeUndefined();
});

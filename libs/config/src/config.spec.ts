import { ConfigError, describeVariables, loadConfig } from './config';

const enough = {
  DB_HOST: 'db-1',
  DB_USER: 'prior',
  REDIS_URL: 'redis://127.0.0.1:6379',
  JWT_SECRET: 'a secret of more than thirty-two characters',
};

/** What loadConfig complains about. */
function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

it('needs four variables and has a default for the rest', () => {
  const config = loadConfig(enough);
  expect(config.database).toMatchObject({
    primary: { host: 'db-1', port: 3306 },
    name: 'prior',
    replicas: [],
    poolSize: 50,
  });
  expect(config.traffic).toMatchObject({ readPerMin: 100, writePerMin: 20, trustProxy: [] });
  expect(config.runtime.workers).toBeGreaterThan(0);
});

it('lists everything that is wrong at once, each with a cure', () => {
  const found = problems({
    DB_PORT: 'abc',
    DB_REPLICAS: 'db-2',
    REDIS_URL: 'http://x',
    LOG_LEVEL: 'loud',
    JWT_SECRET: 'short',
  });
  expect(found.map((line) => line.split(' ')[0]).sort()).toEqual(
    ['DB_HOST', 'DB_PORT', 'DB_REPLICAS', 'DB_USER', 'JWT_SECRET', 'LOG_LEVEL', 'REDIS_URL'].sort(),
  );
  for (const line of found) expect(line).toContain('Set for example');
});

it('lists rules over several variables beside wrong ones of other groups', () => {
  const { JWT_SECRET: _, ...rest } = enough;
  expect(problems({ ...rest, PORT: 'x' }).map((line) => line.split(' ')[0])).toEqual(['PORT', 'JWT_SECRET']);
});

it('never prints a secret', () => {
  const found = problems({ ...enough, JWT_SECRET: 'hunter2', REDIS_URL: 'http://user:hunter2@host' });
  expect(found).toHaveLength(2);
  expect(found.join()).not.toContain('hunter2');
});

it('takes an empty variable for one that is not set', () => {
  expect(loadConfig({ ...enough, PORT: '', DB_REPLICAS: '', JWT_JWKS_URL: ' ' }).http.port).toBe(3000);
  expect(problems({ ...enough, DB_HOST: '' })[0]).toMatch(/^DB_HOST is missing/);
});

it.each(['1.5', '-1', '0x10', '1e3', '65536'])('PORT=%s is refused', (PORT) => {
  expect(problems({ ...enough, PORT })).toHaveLength(1);
});

it('reads lists', () => {
  const config = loadConfig({
    ...enough,
    DB_REPLICAS: 'db-2:3307, [::1]:3308',
    CORS_ORIGINS: 'https://shop.example.com/, http://localhost:5173',
    TRUST_PROXY: 'loopback,10.0.0.0/8',
  });
  expect(config.database.replicas).toEqual([
    { host: 'db-2', port: 3307 },
    { host: '::1', port: 3308 },
  ]);
  expect(config.http.corsOrigins).toEqual(['https://shop.example.com', 'http://localhost:5173']);
  expect(config.traffic.trustProxy).toEqual(['loopback', '10.0.0.0/8']);
});

it.each(['*', 'https://a.example/path', 'shop.example.com'])('CORS_ORIGINS=%s is refused', (CORS_ORIGINS) => {
  expect(problems({ ...enough, CORS_ORIGINS })).toHaveLength(1);
});

it.each(['10.0.0.0/33', '10.0.0', 'all', '10.0.0.0/8/8'])(
  'RATE_LIMIT_EXEMPT=%s is refused',
  (RATE_LIMIT_EXEMPT) => {
    expect(problems({ ...enough, RATE_LIMIT_EXEMPT })).toHaveLength(1);
  },
);

describe('keys', () => {
  const { JWT_SECRET, ...rest } = enough;
  const JWT_JWKS_URL = 'https://login.example.com/jwks.json';

  it('refuses none and both', () => {
    expect(problems(rest)[0]).toMatch(/^JWT_SECRET is missing/);
    expect(problems({ ...enough, JWT_JWKS_URL })[0]).toContain('exactly one');
  });

  it('derives the consistency secret from the JWT secret, but is not that secret', () => {
    const derived = loadConfig(enough).auth.consistencySecret;
    expect(derived).toHaveLength(43);
    expect(derived).not.toBe(JWT_SECRET);
    expect(loadConfig(enough).auth.consistencySecret).toBe(derived);
  });

  it('wants a consistency secret beside a key set', () => {
    expect(problems({ ...rest, JWT_JWKS_URL })[0]).toMatch(/^CONSISTENCY_SECRET is missing/);
    const CONSISTENCY_SECRET = 'another secret of more than thirty-two characters';
    expect(loadConfig({ ...rest, JWT_JWKS_URL, CONSISTENCY_SECRET }).auth.consistencySecret).toBe(
      CONSISTENCY_SECRET,
    );
  });
});

it('divides the pool between the workers and never leaves one without a connection', () => {
  const { database } = loadConfig({ ...enough, DB_POOL_SIZE: '50' });
  expect([1, 2, 4, 64].map((workers) => database.poolSizePerWorker(workers))).toEqual([50, 25, 12, 1]);
});

it('gives every process of PM2 an admin port of its own', () => {
  const port = (env: Record<string, string>) => loadConfig({ ...enough, ...env }).http.adminPort;
  expect(port({})).toBe(9464);
  expect(port({ ADMIN_PORT: '9000', NODE_APP_INSTANCE: '3' })).toBe(9003);
  expect(port({ ADMIN_PORT: '0', NODE_APP_INSTANCE: '3' })).toBe(0);
});

it('honours mutants in tests only', () => {
  const mutants = (NODE_ENV: string) =>
    loadConfig({ ...enough, NODE_ENV, PRIOR_MUTANTS: 'no-admission' }).runtime.mutants;
  expect(mutants('test')).toEqual(['no-admission']);
  expect(mutants('production')).toEqual([]);
  expect(mutants('')).toEqual([]);
});

it('is frozen to the bottom', () => {
  const config = loadConfig(enough);
  expect(() => Object.assign(config.database.primary, { host: 'other' })).toThrow(TypeError);
});

it('documents every variable', () => {
  const documented = describeVariables();
  expect(documented.length).toBeGreaterThan(30);
  for (const { name, meta } of documented) {
    expect(meta.description).toMatch(/\w/);
    expect(meta.example.startsWith(`${name}=`)).toBe(true);
  }
});

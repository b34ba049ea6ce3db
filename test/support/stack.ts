import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { attachServers, startServers } from '../../scripts/lib/servers.js';
import { makeTestDir } from '../../scripts/lib/test-servers.js';

/** Every control over private servers: kill, pause, restart, stop an applier, delay, Redis from a snapshot. */
export type Servers = ReturnType<typeof attachServers>;

export interface Server {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** Database and Redis servers of a suite. */
export interface Stack {
  primary: Server;
  replicas: Server[];
  /** With a database number of this Jest worker's own, so that suites in parallel do not meet. */
  redisUrl: string;
  /** Only for servers that the tests started: those given by environment are never broken. */
  servers?: Servers;
}

function fromUrl(text: string): Server {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

const plain = ({ host, port, user, password }: Server): Server => ({ host, port, user, password });

function redisUrl(base: string): string {
  const url = new URL(base);
  if (url.pathname.length <= 1) url.pathname = `/${Number(process.env.JEST_WORKER_ID ?? 0) % 16}`;
  return url.toString();
}

function redisOf(servers: Servers | undefined, given = ''): string {
  const base = given || servers?.redis?.url;
  return base ? redisUrl(base) : '';
}

/**
 * The servers that all suites of this run share: those of TEST_PRIMARY (mysql://user:password@host:port),
 * TEST_REPLICAS (URLs with commas between) and TEST_REDIS where they are set, otherwise the private ones that
 * the global set-up started. Suites that break servers use startPrivateStack().
 */
export function getStack(): Stack {
  const { TEST_PRIMARY, TEST_REPLICAS, TEST_REDIS, PRIOR_TEST_DIR } = process.env;
  const servers = PRIOR_TEST_DIR ? attachServers(PRIOR_TEST_DIR) : undefined;
  if (TEST_PRIMARY) {
    return {
      primary: fromUrl(TEST_PRIMARY),
      replicas: (TEST_REPLICAS ?? '').split(',').filter(Boolean).map(fromUrl),
      redisUrl: redisOf(servers, TEST_REDIS),
    };
  }
  if (!servers) throw new Error('No servers: run this suite by `npx jest --selectProjects e2e`');
  return {
    primary: plain(servers.primary),
    replicas: servers.replicas.map(plain),
    redisUrl: redisOf(servers, TEST_REDIS),
    servers,
  };
}

/**
 * Servers for one suite alone, which may kill and stop them. They share the run's data template, so this takes
 * about half a second beside an e2e run.
 * @returns the stack and `discard()`, which ends the servers and deletes their folder: call it in afterAll
 */
export async function startPrivateStack(
  options: { replicas?: number; redis?: boolean } = {},
): Promise<Stack & { servers: Servers; discard: () => Promise<void> }> {
  const dir = makeTestDir();
  const shared = process.env.PRIOR_TEST_DIR;
  const servers = await startServers({
    dir,
    profile: 'test',
    owned: true,
    ...(shared && { template: join(shared, 'template') }),
    ...options,
  });
  return {
    primary: plain(servers.primary),
    replicas: servers.replicas.map(plain),
    redisUrl: redisOf(servers),
    servers,
    discard: () => servers.stop({ discard: true }),
  };
}

/** The environment that points the application at a stack's servers. */
export function stackEnv(stack: Stack, database: string): Record<string, string> {
  return {
    DB_HOST: stack.primary.host,
    DB_PORT: String(stack.primary.port),
    DB_USER: stack.primary.user,
    DB_PASSWORD: stack.primary.password,
    DB_NAME: database,
    DB_REPLICAS: stack.replicas.map(({ host, port }) => `${host}:${port}`).join(','),
    REDIS_URL: stack.redisUrl,
  };
}

/** A connection of the test's own; end() it. */
export function connect(server: Server, database?: string): Promise<Connection> {
  const { host, port, user, password } = server;
  return createConnection({ host, port, user, password, database, multipleStatements: true });
}

async function withConnection<T>(server: Server, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(server);
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

/**
 * Makes an empty database and waits until the replicas have it.
 * @param name begins with `prior`: the application's account has no rights elsewhere
 */
export async function createDatabase(
  stack: Stack,
  name = `prior_test_${randomBytes(5).toString('hex')}`,
): Promise<string> {
  await withConnection(stack.primary, (connection) =>
    connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`),
  );
  await syncReplicas(stack);
  return name;
}

export async function dropDatabase(stack: Stack, name: string): Promise<void> {
  await withConnection(stack.primary, (connection) =>
    connection.query(`DROP DATABASE IF EXISTS \`${name}\``),
  );
}

/** Waits (30 s at most) until every replica has applied what the primary has committed by now. */
export async function syncReplicas(stack: Stack): Promise<void> {
  const { mariadb, position } = await withConnection(stack.primary, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    const mariadb = String(rows[0]?.version).includes('MariaDB');
    const [found] = await connection.query<RowDataPacket[]>(
      `SELECT ${mariadb ? '@@gtid_binlog_pos' : '@@GLOBAL.gtid_executed'} AS position`,
    );
    return { mariadb, position: String(found[0]?.position) };
  });
  const wait = mariadb ? 'MASTER_GTID_WAIT' : 'WAIT_FOR_EXECUTED_GTID_SET';
  for (const replica of stack.replicas) {
    await withConnection(replica, async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT ${wait}(?, 30) AS answer`, [position]);
      if (Number(rows[0]?.answer) !== 0) {
        throw new Error(`the replica on port ${replica.port} did not catch up within 30 s`);
      }
    });
  }
}

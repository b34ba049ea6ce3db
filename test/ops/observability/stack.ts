import { createServer, type Server as HttpServer } from 'node:http';
import { freePorts } from '../../../scripts/lib/ports.js';
import { fillCatalogue } from '../../consistency/hitrate/catalogue';
import { ApiProcess, statusOf } from '../../support/api-process';
import { SECRETS } from '../../support/fleet/fleet';
import { migratedDatabase } from '../../support/migrated';
import { connect, stackEnv, startPrivateStack } from '../../support/stack';
import { Program } from './program';
import { Prometheus } from './prometheus';

export const PRODUCTS = 60;
const EXPORTER = { user: 'exporter', password: 'only the tests watch with this' };

/** The service with everything switched on, its servers, their exporters, and a Prometheus that scrapes them. */
export class WatchedStack {
  private constructor(
    readonly servers: Awaited<ReturnType<typeof startPrivateStack>>,
    readonly database: string,
    readonly port: number,
    readonly adminPort: number,
    readonly api: ApiProcess,
    readonly prometheus: Prometheus,
    private readonly closers: (() => Promise<unknown>)[],
  ) {}

  static async start(): Promise<WatchedStack> {
    const closers: (() => Promise<unknown>)[] = [];
    try {
      return await this.open(closers);
    } catch (error) {
      await closeAll(closers);
      throw error;
    }
  }

  private static async open(closers: (() => Promise<unknown>)[]): Promise<WatchedStack> {
    const servers = await startPrivateStack();
    closers.push(() => servers.discard());
    const database = await migratedDatabase(servers);
    await fillCatalogue(servers, servers.primary, database, PRODUCTS);
    // The rights that deploy/compose gives to its exporter, in MariaDB's words.
    const name = `'${EXPORTER.user}'@'%'`;
    await servers.servers.primary.sql(
      `CREATE USER ${name} IDENTIFIED BY '${EXPORTER.password}'; GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO ${name}`,
    );
    await servers.servers.sync();

    const edge = await edgeThatObeys();
    closers.push(() => new Promise((resolve) => edge.server.close(resolve)));
    const [port, adminPort, ...others] = (await freePorts(6)) as [number, number, ...number[]];
    const api = new ApiProcess('main', {
      ...SECRETS,
      ...stackEnv(servers, database),
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      WORKERS: '1',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_READ_PER_MIN: '1000000',
      RATE_LIMIT_WRITE_PER_MIN: '1000000',
      BINLOG_FOLLOW: 'true',
      EDGE: 'varnish',
      EDGE_VARNISH_URLS: edge.url,
      EDGE_VARNISH_SECRET: SECRETS.CONSISTENCY_SECRET,
      SHUTDOWN_DELAY_MS: '0',
    });
    closers.push(() => api.stop());
    const ready = `http://127.0.0.1:${adminPort}/health/ready`;
    await api.until('the start', async () => (await statusOf(ready)) === 200);

    const mysql = await Promise.all(
      [servers.primary, ...servers.replicas].map((server, i) => mysqlExporter(others[i]!, server.port)),
    );
    closers.push(...mysql.map((one) => () => one.stop()));
    const redis = await Program.start('prometheus-redis-exporter', others[3]!, [
      `-web.listen-address=127.0.0.1:${others[3]}`,
      `-redis.addr=${servers.redisUrl}`,
    ]);
    closers.push(() => redis.stop());
    const prometheus = await Prometheus.start({
      prior: [`127.0.0.1:${adminPort}`],
      mysql: mysql.map(({ address }) => address),
      redis: [redis.address],
    });
    closers.push(() => prometheus.stop());
    return new WatchedStack(servers, database, port, adminPort, api, prometheus, closers);
  }

  /** Runs a statement as the API's own account. */
  async sql(statement: string, on: 'primary' | 'replica'): Promise<unknown> {
    const db = await connect(
      on === 'primary' ? this.servers.primary : this.servers.replicas[0]!,
      this.database,
    );
    try {
      return (await db.query(statement))[0];
    } finally {
      await db.end();
    }
  }

  stop(): Promise<void> {
    return closeAll(this.closers);
  }
}

/** The last one first. */
async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

function mysqlExporter(port: number, server: number): Promise<Program> {
  const { user, password } = EXPORTER;
  return Program.start('prometheus-mysqld-exporter', port, [`--web.listen-address=127.0.0.1:${port}`], {
    DATA_SOURCE_NAME: `${user}:${password}@(127.0.0.1:${server})/`,
  });
}

/** Takes every purge. */
async function edgeThatObeys(): Promise<{ url: string; server: HttpServer }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'x-purged': 'all' }).end();
  });
  const [port] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${port}`, server };
}

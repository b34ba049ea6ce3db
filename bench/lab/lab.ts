import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from '../../scripts/lib/run.js';
import { attachServers, startServers } from '../../scripts/lib/servers.js';
import { endWithUs } from './ending';

export const ROOT = resolve(__dirname, '../..');
/** Its own servers keep their data here, so that the second run need not seed. */
const HOME = join(ROOT, '.local/bench');
export const LOGS = join(ROOT, '.local/bench/logs');

type Servers = ReturnType<typeof attachServers>;

export interface Catalogue {
  readonly products: number;
  readonly reviews: number;
}

/** What only the benchmarks sign with. */
export const SECRETS = {
  JWT_SECRET: 'only the benchmarks sign anything with this one',
  CONSISTENCY_SECRET: 'only the benchmarks sign consistency with this',
};

/** Private servers with seeded catalogues. The server variables are those of `npm run up`: durable, 256 MB of buffer pool. */
export class Lab {
  private readonly ended: () => void;

  private constructor(readonly servers: Servers) {
    this.ended = endWithUs(() => servers.stop());
  }

  /**
   * @param name folder of the data, reused by the next run of the same name
   * @throws when a program is missing, with the command that installs it
   */
  static async open(name: string, { replicas = 0 } = {}): Promise<Lab> {
    const dir = join(HOME, name);
    mkdirSync(LOGS, { recursive: true });
    return new Lab(await startServers({ dir, replicas, profile: 'up' }));
  }

  /** A migrated and seeded schema, made when it is missing. @returns its name */
  async catalogue({ products, reviews }: Catalogue, say: (line: string) => void): Promise<string> {
    const database = `prior_${products}`;
    const { servers } = this;
    const marker = join(servers.dir, 'seeded.json');
    const seeded: string[] = existsSync(marker) ? JSON.parse(readFileSync(marker, 'utf8')) : [];
    if (!seeded.includes(database)) {
      say(`seeding ${products.toLocaleString('en')} products and ${reviews.toLocaleString('en')} reviews`);
      await servers.primary.sql(
        `DROP DATABASE IF EXISTS ${database};
         CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      );
      await this.cli(database, ['migrate']);
      await this.cli(database, ['seed', '--products', String(products), '--reviews', String(reviews)]);
      writeFileSync(marker, JSON.stringify([...seeded, database]));
    }
    await this.settled();
    return database;
  }

  /** Waits until the replicas have everything, however long a large seed takes them. */
  private async settled(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.servers.sync();
      } catch (error) {
        if (attempt === 40) throw error;
      }
    }
  }

  /** The application's variables that lead to these servers, everything else as shipped. */
  env(database: string, redisDatabase = 0): Record<string, string> {
    const { primary, replicas, redis } = this.servers;
    return {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      ...SECRETS,
      DB_HOST: primary.host,
      DB_PORT: String(primary.port),
      DB_USER: primary.user,
      DB_PASSWORD: primary.password,
      DB_NAME: database,
      DB_REPLICAS: replicas.map(({ host, port }) => `${host}:${port}`).join(','),
      REDIS_URL: `${redis!.url.replace(/\/\d*$/, '')}/${redisDatabase}`,
    };
  }

  private cli(database: string, args: string[]): Promise<void> {
    const log = join(LOGS, 'cli.log');
    return run(process.execPath, ['dist/apps/cli/src/main.js', ...args], {
      cwd: ROOT,
      env: this.env(database),
      log,
    });
  }

  async close(): Promise<void> {
    await this.servers.stop();
    this.ended();
  }
}

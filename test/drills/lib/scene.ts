import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../../scripts/lib/ports.js';
import { MariaServer } from '../../../scripts/lib/mariadb.js';
import { startServers } from '../../../scripts/lib/servers.js';
import { makeTestDir, sweepTestServers } from '../../../scripts/lib/test-servers.js';
import { SECRETS, type CheckStack } from '../../support/fleet/fleet';
import { createDatabase, type Server, type Servers, stackEnv } from '../../support/stack';
import { migrateDatabase } from '../../support/migrated';
import { Api } from './api';
import { dump, empty, makeReplica } from './backup';
import { countsOf, type Fingerprint, fingerprint, same } from './catalogue';
import { want } from './steps';

const CLI = resolve(__dirname, '../../../dist/apps/cli/src/main.js');
const DATABASE = 'prior_drill';

const plain = ({ host, port, user, password }: MariaServer): Server => ({ host, port, user, password });

/** A small shop of a drill's own: primary, two replicas, Redis, a seeded catalogue, two API processes. */
export class Scene {
  readonly database = DATABASE;
  readonly redis: NonNullable<Servers['redis']>;
  private nextServerId: number;

  private constructor(
    readonly servers: Servers,
    readonly dir: string,
    public api: Api,
    readonly counts: string,
  ) {
    this.redis = servers.redis!;
    this.nextServerId = servers.state.maria.length + 1;
  }

  /** @param products how many the catalogue has */
  static async open(products: number): Promise<Scene> {
    await sweepTestServers();
    const dir = makeTestDir();
    const servers = await startServers({ dir, profile: 'test', owned: true });
    try {
      const stack = stackOf(servers);
      await createDatabase(stack, DATABASE);
      await migrateDatabase(stack, DATABASE);
      await promisify(execFile)(
        process.execPath,
        [CLI, 'seed', '--products', `${products}`, '--categories', '20', '--reviews', `${products * 3}`],
        { env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', ...SECRETS, ...stackEnv(stack, DATABASE) } },
      );
      await servers.sync();
      const counts = countsOf(await fingerprint(servers.primary, DATABASE));
      mkdirSync(join(dir, 'logs'), { recursive: true });
      return new Scene(servers, dir, await Api.start(stack, DATABASE, join(dir, 'logs')), counts);
    } catch (error) {
      await servers.stop({ discard: true });
      throw error;
    }
  }

  /** The servers as they are now. */
  get stack(): CheckStack {
    return { ...stackOf(this.servers), close: () => Promise.resolve() };
  }

  get primary(): MariaServer {
    return this.servers.primary;
  }

  get template(): string {
    return join(this.dir, 'template');
  }

  file(name: string): string {
    return join(this.dir, name);
  }

  /** Writes down who is what: nothing happens to the servers. */
  appoint(primary: MariaServer, replicas: MariaServer[]): void {
    this.servers.primary = primary;
    this.servers.replicas = replicas;
    this.servers.state.maria = [primary, ...replicas].map(({ state }) => state);
    primary.changed();
  }

  /** One more database server, empty, that nobody knows of yet. */
  async newServer(name: string): Promise<MariaServer> {
    const [port = 0] = await freePorts(1);
    const { accounts } = this.primary.state;
    const state = {
      name,
      dir: this.file(name),
      port,
      serverId: (this.nextServerId += 1),
      profile: 'test' as const,
      accounts,
    };
    const server = new MariaServer(state, this.primary.changed);
    // Written down, so that it is ended with the others whatever happens.
    this.servers.state.maria.push(server.state);
    await empty(server, this.template);
    return server;
  }

  /** Makes these servers replicas of the primary, from a new dump of it. */
  async rebuild(...replicas: MariaServer[]): Promise<void> {
    const backup = await dump(this.primary, this.file('rebuild.sql'));
    for (const replica of replicas) await makeReplica(replica, this.primary, backup, this.template);
    await this.servers.sync();
  }

  /** @throws StepFailed unless all servers hold the same catalogue, with the rows that it began with */
  async intact(): Promise<string> {
    await this.servers.sync();
    const here = await this.fingerprint();
    for (const replica of this.servers.replicas)
      same(here, await fingerprint(replica, this.database), `the primary and ${replica.name}`);
    want(countsOf(here) === this.counts, `${countsOf(here)} instead of ${this.counts}`);
    return `${here.size} tables, equal checksums on ${1 + this.servers.replicas.length} servers; ${this.counts}`;
  }

  fingerprint(server = this.primary): Promise<Fingerprint> {
    return fingerprint(server, this.database);
  }

  async close(): Promise<void> {
    await this.api.stop();
    await this.servers.stop({ discard: true });
  }
}

function stackOf(servers: Servers): CheckStack {
  return {
    primary: plain(servers.primary),
    replicas: servers.replicas.map(plain),
    redisUrl: servers.redis?.url ?? '',
    database: servers,
    redis: servers.redis,
    close: () => Promise.resolve(),
  };
}

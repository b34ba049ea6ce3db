import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../scripts/lib/ports.js';
import type { Setting } from '../contenders/setting';
import { startOurs } from '../contenders/ours';
import { Lab, ROOT } from '../lab/lab';
import { Program } from '../lab/program';
import { CURRENT, makeReportSchemas, RECOMMENDED } from './report-schemas';

const LIST = '/api/products';

/** All contenders, running on free ports. Each has a core's worth of process and the same database and Redis servers. */
export interface Field {
  readonly lab: Lab;
  readonly bareHttp: Program;
  readonly bareFastify: Program;
  readonly recommended: Program;
  readonly current: Program;
  readonly fastifyMysql: Program;
  /** The same with a connection of its own for each answer: see docs/performance.md. */
  readonly fastifyMysqlConnection: Program;
  readonly ours: Program;
  /** Ours with the limits that are shipped, for clients behind a proxy. */
  readonly oursClients: Program;
  /** Ours without L1. */
  readonly oursRedis: Program;
  /** Products of the report's current backend. */
  readonly currentProducts: number;
  close(): Promise<void>;
}

export interface FieldOptions {
  readonly products: number;
  readonly lab: string;
}

/** Starts the servers, makes the catalogues, starts every contender. @throws when one of them does not serve */
export async function openField(
  { products, lab: name }: FieldOptions,
  say: (line: string) => void,
): Promise<Field> {
  const lab = await Lab.open(name);
  const folder = mkdtempSync(join(tmpdir(), 'prior-bench-'));
  const started: Program[] = [];
  const close = async () => {
    await Promise.all(started.map((program) => program.stop()));
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const database = await lab.catalogue({ products, reviews: products * 5 }, say);
    const currentProducts = await makeReportSchemas(lab, database);
    say('starting all contenders');
    const keep = (program: Program) => (started.push(program), program);
    const env = lab.env(database);
    const ours = keep(await startOurs('ours', env));
    const oursClients = keep(
      await startOurs('ours-clients', { ...env, TRUST_PROXY: 'loopback', RATE_LIMIT_READ_PER_MIN: '100' }),
    );
    const oursRedis = keep(await startOurs('ours-redis', { ...env, CACHE_L1_MAX_BYTES: '0' }));
    const bodyFile = join(folder, 'body.json');
    writeFileSync(bodyFile, await bytesOf(ours, LIST));
    const { host, port, user, password } = lab.servers.primary;
    const start = async (script: string, schema: string, more: Partial<Setting> = {}) => {
      const [own] = (await freePorts(1)) as [number];
      const setting: Setting = {
        port: own,
        bodyFile,
        database: { host, port, user, password, database: schema },
        redisUrl: lab.env(database, 1)['REDIS_URL']!,
        ...more,
      };
      return keep(
        await Program.start(more.ownConnection ? `${script}-connection` : script, {
          args: ['-r', join(ROOT, 'scripts/lib/register-ts.js'), join(ROOT, `bench/contenders/${script}.ts`)],
          // Express and others do more work in development.
          env: {
            PATH: process.env['PATH'] ?? '',
            NODE_ENV: 'production',
            BENCH_SETTING: JSON.stringify(setting),
          },
          port: own,
          ready: LIST,
        }),
      );
    };
    return {
      lab,
      ours,
      oursClients,
      oursRedis,
      bareHttp: await start('bare-http', database),
      bareFastify: await start('bare-fastify', database),
      recommended: await start('report-recommended', RECOMMENDED),
      current: await start('report-current', CURRENT),
      fastifyMysql: await start('fastify-mysql', database),
      fastifyMysqlConnection: await start('fastify-mysql', database, { ownConnection: true }),
      currentProducts,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export async function bytesOf({ name, port }: Program, path: string): Promise<Buffer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200)
    throw new Error(`${name} answers ${answer.status} to ${path}: ${bytes.toString()}`);
  return bytes;
}

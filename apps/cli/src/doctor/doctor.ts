import type { AppConfig } from '@prior/config';
import { serversOf } from '@prior/database';
import type { Finding } from './check';
import { connectServer, type DatabaseServer } from './database/server';
import { api, noApi } from './groups/api';
import { connections } from './groups/connections';
import { edge, lookThrough, noEdge, rateLimit } from './groups/edge';
import { errors } from './groups/errors';
import { hostGroup, noHost } from './groups/host';
import { indexes } from './groups/indexes';
import { plans } from './groups/plans';
import { connectRedis, noRedis, redis, redisCluster } from './groups/redis';
import { binlog, replica, replicasConfigured } from './groups/replication';
import { databaseServers, type Tried } from './groups/servers';
import { slowLog } from './groups/slow-log';
import { tables } from './groups/tables';
import { sampleHost } from './host/sample';
import { readMetrics } from './http/admin';
import { runGroup } from './run-checks';

export interface DoctorOptions {
  /** The address that clients use, the edge in front included; without, the API's own port is asked. */
  readonly url?: string;
  /** http://host:port of the admin port; without, that of the configuration. */
  readonly admin?: string;
  /** Hosts that run the API. */
  readonly hosts: number;
}

/** Runs every check. Nothing is changed anywhere; whoever does not answer is one line, and the rest goes on. */
export async function diagnose(config: AppConfig, options: DoctorOptions): Promise<Finding[]> {
  // Before anything is asked of anybody: the doctor's own work is not the machine's.
  const host = await sampleHost();
  const machine = host ? runGroup(hostGroup, '', { host, config }) : runGroup(noHost, '', undefined);
  // The machine first, the rest beside one another: each waits for another server.
  const parts = await Promise.all([
    machine.then(({ findings }) => findings),
    ofDatabases(config, options.hosts),
    ofRedis(config),
    ofApi(config, options.admin),
    ofEdge(config, options.url),
  ]);
  return parts.flat();
}

type Named = Tried & { readonly name: string };

async function ofDatabases(config: AppConfig, hosts: number): Promise<Finding[]> {
  const { database } = config;
  const { primary, replicas } = serversOf(database.primary, database.replicas);
  const all = [
    { server: primary, address: database.primary },
    ...replicas.map((server, i) => ({ server, address: database.replicas[i] ?? database.primary })),
  ];
  const tried = await Promise.all(
    all.map(async ({ server, address }): Promise<Named> => {
      const { role } = server;
      const name = `${role} ${server.name}`;
      return connectServer(server, address, database).then(
        (db) => ({ role, name, db }),
        (error: unknown) => ({ role, name, error }),
      );
    }),
  );
  try {
    return await ofServers(config, hosts, tried);
  } finally {
    await Promise.all(tried.flatMap(({ db }) => (db ? [db.close()] : [])));
  }
}

async function ofServers(config: AppConfig, hosts: number, tried: readonly Named[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = async (done: ReturnType<typeof runGroup>) => {
    const { findings: more, gone } = await done;
    findings.push(...more);
    return !gone;
  };
  for (const one of tried) await add(runGroup(databaseServers, one.name, one));
  await add(runGroup(replicasConfigured, '', config.database.replicas));
  let primary: DatabaseServer | undefined = tried.find(({ role }) => role === 'primary')?.db;
  for (const { role, name, db } of tried) {
    if (!db) continue;
    const subject = { db, config, hosts };
    const groups =
      role === 'primary'
        ? [connections, errors, slowLog, binlog, tables, indexes, plans]
        : [connections, errors, slowLog, binlog];
    let alive = true;
    for (const group of groups) alive = alive && (await add(runGroup(group, name, subject)));
    if (role === 'primary' && !alive) primary = undefined;
    if (role === 'replica' && alive) await add(runGroup(replica, name, { ...subject, primary }));
  }
  return findings;
}

/** Of a cluster the nodes that the configuration names, one by one. */
async function ofRedis({ redis: config }: AppConfig): Promise<Finding[]> {
  const ofNode = async (url: string): Promise<Finding[]> => {
    const { host } = new URL(url);
    const failed = async (error: unknown) => (await runGroup(noRedis, host, { error, config })).findings;
    return connectRedis(url).then(async (subject) => {
      const groups = config.mode === 'cluster' ? [redis, redisCluster] : [redis];
      const findings: Finding[] = [];
      for (const group of groups) findings.push(...(await runGroup(group, host, subject)).findings);
      await subject.close();
      return findings;
    }, failed);
  };
  return (await Promise.all(config.nodes.map(ofNode))).flat();
}

/** An address to listen on is not one to ask. */
const reachable = (host: string): string => {
  const local = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? host;
  return local.includes(':') && !local.startsWith('[') ? `[${local}]` : local;
};

async function ofApi(config: AppConfig, given: string | undefined): Promise<Finding[]> {
  const { adminHost, adminPort } = config.http;
  const base = given ?? `http://${reachable(adminHost)}:${adminPort}`;
  const asked = await readMetrics(base).then(
    (metrics) => runGroup(api, base, { metrics, config }),
    (error: unknown) => runGroup(noApi, base, { error }),
  );
  return asked.findings;
}

async function ofEdge(config: AppConfig, given: string | undefined): Promise<Finding[]> {
  const { host, port } = config.http;
  const base = given ?? `http://${reachable(host)}:${port}`;
  const isPublic = given !== undefined;
  return lookThrough(base, isPublic, config).then(
    async (subject) => [
      ...(await runGroup(edge, base, subject)).findings,
      ...(await runGroup(rateLimit, base, subject)).findings,
    ],
    async (error: unknown) => (await runGroup(noEdge, base, { error, isPublic })).findings,
  );
}

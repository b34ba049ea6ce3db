import type { RowDataPacket } from 'mysql2/promise';
import type { MariaServer } from '../../../scripts/lib/mariadb.js';
import { connect } from '../../support/stack';
import { want } from './steps';

/** Seconds that a replica may take to apply what it has received. */
const APPLY_S = 30;

const waits = async (server: MariaServer, position: string, seconds: number) =>
  (await server.sql(`SELECT MASTER_GTID_WAIT('${position}', ${seconds})`))[0]?.[0] === '0';

/** What it has applied. */
export const appliedBy = async (server: MariaServer) =>
  (await server.sql('SELECT @@GLOBAL.gtid_slave_pos'))[0]?.[0] ?? '';

/** What it has received from the primary, applied or not. */
async function receivedBy(server: MariaServer): Promise<string> {
  const connection = await connect(server);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SHOW SLAVE STATUS');
    return String(rows[0]?.Gtid_IO_Pos ?? '');
  } finally {
    await connection.end();
  }
}

/**
 * The most advanced of these replicas, when all of them have applied what they received. Positions are sets: they are
 * compared by asking a server whether it has reached the other's, never as text.
 */
export async function mostAdvanced(replicas: readonly MariaServer[]): Promise<MariaServer> {
  for (const replica of replicas) {
    await replica.sql('STOP SLAVE IO_THREAD');
    const received = await receivedBy(replica);
    want(
      await waits(replica, received, APPLY_S),
      `${replica.name} does not apply what it has received (${received})`,
    );
  }
  for (const candidate of replicas) {
    const others = replicas.filter((one) => one !== candidate);
    const ahead = await Promise.all(others.map(async (one) => waits(candidate, await appliedBy(one), 0)));
    if (ahead.every(Boolean)) return candidate;
  }
  throw new Error('no replica has everything that the others have: their histories differ');
}

/** Ends its being a replica and lets it be written. */
export async function promote(replica: MariaServer): Promise<void> {
  await replica.sql('STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0');
  delete replica.state.source;
  replica.changed();
}

/** Points a replica at another primary; by its GTID position it goes on where it stands. */
export async function follow(replica: MariaServer, primary: MariaServer): Promise<void> {
  replica.state.source = { port: primary.port };
  await replica.startReplication();
  replica.changed();
}

/** Transactions that a server has and another one has not, as a set of GTIDs for people; undefined when there are none. */
export async function errant(server: MariaServer, primary: MariaServer): Promise<string | undefined> {
  const own = (await server.sql('SELECT @@GLOBAL.gtid_binlog_pos'))[0]?.[0] ?? '';
  const there = (await primary.sql('SELECT @@GLOBAL.gtid_binlog_state'))[0]?.[0] ?? '';
  const last = new Map(there.split(',').map((gtid) => [key(gtid), seqNo(gtid)]));
  const more = own.split(',').filter((gtid) => gtid !== '' && seqNo(gtid) > (last.get(key(gtid)) ?? 0n));
  return more.length === 0 ? undefined : more.join(',');
}

/** Domain and server of `0-1-57`. */
const key = (gtid: string) => gtid.slice(0, gtid.lastIndexOf('-'));
const seqNo = (gtid: string) => BigInt(gtid.slice(gtid.lastIndexOf('-') + 1) || 0);

/** How long a commit waits for a replica, ms; then the server goes on asynchronously. */
const PATIENT_MS = 60_000;
/** While the replicas reconnect: a commit of that moment was received by them without a word, so it waits for nothing. */
const SWITCHING_MS = 500;

/** From here on a commit is acknowledged only when a replica has received it. */
export async function makeSemiSynchronous(
  primary: MariaServer,
  replicas: readonly MariaServer[],
): Promise<void> {
  await primary.sql(
    `SET GLOBAL rpl_semi_sync_master_timeout = ${SWITCHING_MS}, GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_SYNC'`,
  );
  await primary.sql('SET GLOBAL rpl_semi_sync_master_enabled = 1');
  for (const replica of replicas)
    await replica.sql(
      'SET GLOBAL rpl_semi_sync_slave_enabled = 1; STOP SLAVE IO_THREAD; START SLAVE IO_THREAD',
    );
  const end = performance.now() + 30_000;
  for (;;) {
    const rows = await primary.sql("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_%'");
    const status = new Map(rows.map(([name, value]) => [name, value]));
    const clients = Number(status.get('Rpl_semi_sync_master_clients'));
    const on = status.get('Rpl_semi_sync_master_status') === 'ON';
    if (clients === replicas.length && on) break;
    want(performance.now() < end, `${clients} of ${replicas.length} replicas acknowledge`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await primary.sql(`SET GLOBAL rpl_semi_sync_master_timeout = ${PATIENT_MS}`);
}

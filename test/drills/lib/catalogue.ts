import type { MariaServer } from '../../../scripts/lib/mariadb.js';
import { want } from './steps';

/** What processes write by themselves, all the time; it says nothing about the catalogue. */
const MACHINERY = ['replica_heartbeat', 'outbox', 'idempotency_keys', 'binlog_follower'];

/** Rows and checksum of every table. */
export type Fingerprint = ReadonlyMap<string, { readonly rows: number; readonly sum: string }>;

export async function fingerprint(server: MariaServer, database: string): Promise<Fingerprint> {
  const schema = `FROM information_schema.tables WHERE table_schema = '${database}' AND table_type = 'BASE TABLE'`;
  const names = (await server.sql(`SELECT table_name ${schema} ORDER BY table_name`))
    .flat()
    .filter((name) => !MACHINERY.includes(name));
  const full = names.map((name) => `${database}.${name}`);
  const counts = await server.sql(full.map((name) => `SELECT COUNT(*) FROM ${name}`).join(' UNION ALL '));
  const sums = await server.sql(`CHECKSUM TABLE ${full.join(', ')} EXTENDED`);
  return new Map(names.map((name, i) => [name, { rows: Number(counts[i]?.[0]), sum: sums[i]?.[1] ?? '' }]));
}

/** @throws StepFailed with the tables that differ */
export function same(a: Fingerprint, b: Fingerprint, where: string): void {
  const differ = [...new Set([...a.keys(), ...b.keys()])].filter(
    (name) => a.get(name)?.sum !== b.get(name)?.sum || a.get(name)?.rows !== b.get(name)?.rows,
  );
  want(differ.length === 0, `${where}: ${differ.join(', ')} differ`);
}

const counted = ['products', 'categories', 'reviews'];

/** The rows that people know: those of the catalogue's own tables. */
export const countsOf = (one: Fingerprint): string =>
  counted.map((name) => `${one.get(name)?.rows ?? 'no'} ${name}`).join(', ');

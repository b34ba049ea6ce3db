import { fillBigCatalogue } from '../support/big-catalogue';
import type { CheckStack } from '../support/fleet/fleet';
import { migratedDatabase } from '../support/migrated';
import { connect } from '../support/stack';

/**
 * A migrated database with so many products, on every server.
 *
 * @param more statements that follow
 */
export async function filled(
  stack: CheckStack,
  products: number,
  more: readonly string[] = [],
): Promise<string> {
  const database = await migratedDatabase(stack);
  const db = await connect(stack.primary, database);
  await fillBigCatalogue(db, products);
  for (const sql of more) await db.query(sql);
  await db.end();
  await stack.database?.sync();
  return database;
}

/** Leads a process past the proxies of its fleet. */
export const directEnv = (stack: CheckStack): Record<string, string> => ({
  DB_HOST: stack.primary.host,
  DB_PORT: String(stack.primary.port),
  DB_REPLICAS: stack.replicas.map(({ host, port }) => `${host}:${port}`).join(','),
  REDIS_URL: stack.redisUrl,
});

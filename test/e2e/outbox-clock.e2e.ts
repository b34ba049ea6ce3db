import type { Connection } from 'mysql2/promise';
import { addToOutbox, type Query, readOutbox } from '@prior/database';
import { migratedDatabase } from '../support/migrated';
import { connect, dropDatabase, getStack } from '../support/stack';

const stack = getStack();
let database: string;
let db: Connection;
const query: Query = async (sql, params) => (await db.query(sql, params))[0];

beforeAll(async () => {
  database = await migratedDatabase(stack);
  db = await connect(stack.primary, database);
});
afterAll(async () => {
  await db?.end();
  await dropDatabase(stack, database);
});

/** What a drain finds of a write whose writer has died, when the primary's clock shows so much more since, ms. */
async function foundAfter(ms: number): Promise<number> {
  await db.query('DELETE FROM outbox');
  const seconds = 1_800_000_000;
  await db.query(`SET timestamp = ${seconds}`);
  await addToOutbox(query, [{ tag: 'product:1', when: 'now' }]);
  await db.query(`SET timestamp = ${seconds + ms / 1_000}`);
  return (await readOutbox(query, 10)).length;
}

it.each([
  ['not while its writer may still publish it', 0, 0],
  ['not while its writer may still publish it', 90, 0],
  ['behind that time', 110, 1],
  ['when the clock was set back by ten minutes', -600_000, 1],
])('a drain finds a write %s: %i ms', async (_, ms, found) => {
  expect(await foundAfter(ms)).toBe(found);
});

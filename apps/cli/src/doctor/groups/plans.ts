import { type Reader, readOutbox, sqlErrno } from '@prior/database';
import { categoryReads } from '../../../../api/src/categories';
import { type ProductSample, productReads } from '../../../../api/src/products';
import { reviewReads } from '../../../../api/src/reviews';
import { type Check, fail, type Group, type Outcome, skipped } from '../check';
import { explain, judgePlan, recorder } from '../database/plan';
import type { DatabaseServer } from '../database/server';
import type { DatabaseSubject } from '../database/subject';
import { sampleOf } from '../database/sample';
import { messageOf } from '../run-checks';

type DatabaseCheck = Check<DatabaseSubject>;

/** Many statements, each with its own limit, ms. */
const ALL_PLANS_MS = 60_000;

/** These show a whole table, which has as many rows as a shop has categories. */
const WHOLE = new Set(['categories.all']);

/** Rows of one look, as libs/cache/src/protocol/drain.ts reads them. */
const DRAIN_ROWS = 500;

const reads: Readonly<Record<string, (reader: Reader, sample: ProductSample) => Promise<unknown>>> = {
  ...productReads,
  ...categoryReads,
  ...reviewReads,
  'the drain': (reader) => readOutbox((sql, params) => reader.query('outbox.read', sql, params), DRAIN_ROWS),
};

const isMigrated = async (db: DatabaseServer): Promise<boolean> =>
  (await db.query("SHOW TABLES LIKE 'product\\_listing'")).length > 0;

/** Runs the API's own repositories, keeps what they send, and explains each statement once. */
const hot: DatabaseCheck = {
  name: 'EXPLAIN',
  target: 'by an index, no full scan',
  cure: 'npm run migrate; then ANALYZE TABLE products, product_listing, reviews;',
  limitMs: ALL_PLANS_MS,
  look: async ({ db }) => {
    if (!(await isMigrated(db))) return skipped('the API’s own queries: npm run migrate comes first');
    const sample = await sampleOf(db);
    const seen = new Set<string>();
    const outcomes: Outcome[] = [];
    for (const [request, read] of Object.entries(reads)) {
      const { reader, ran } = recorder(db);
      const thrown = await read(reader, sample).then(
        () => undefined,
        (error: unknown) => error,
      );
      for (const { name, sql, params, error, ...took } of ran) {
        if (error === undefined && seen.has(sql)) continue;
        seen.add(sql);
        const of = `${name} of ${request}`;
        if (error === undefined)
          outcomes.push({ of, ...judgePlan(await explain(db, sql, params), took, WHOLE.has(name)) });
        else if (sqlErrno(error) !== undefined) outcomes.push(fail(messageOf(error), { of }));
      }
      // What is neither an answer nor the server's no: the connection is gone, or the sample does not exist.
      const last = ran.at(-1)?.error;
      if (last !== undefined && sqlErrno(last) === undefined) throw last;
      if (thrown !== undefined && last === undefined && ran.length === 0) throw thrown;
    }
    return outcomes;
  },
};

/** The statements that the report asks EXPLAIN for, and the report's own list while nothing is migrated yet. */
const REPORTED: readonly { of: string; sql: string; onlyBefore?: boolean }[] = [
  { of: 'products by categoryId', sql: "SELECT * FROM products WHERE categoryId = '123'" },
  { of: 'products by slug', sql: "SELECT * FROM products WHERE slug = 'silk-saree'" },
  { of: 'reviews of a product', sql: 'SELECT COUNT(*) FROM reviews WHERE product_id = 1' },
  { of: 'all in stock', sql: 'SELECT * FROM products WHERE quantity > 0', onlyBefore: true },
  {
    of: 'a list, newest first',
    sql: `SELECT p.id, c.name AS categoryName FROM products p LEFT JOIN categories c ON p.categoryId = c.id
           WHERE p.quantity > 0 ORDER BY p.created_at DESC LIMIT 20`,
    onlyBefore: true,
  },
];

const reported: DatabaseCheck = {
  name: 'the report’s query',
  target: 'by an index, no full scan',
  cure: 'npm run migrate',
  look: async ({ db }) => {
    const migrated = await isMigrated(db);
    const outcomes: Outcome[] = [];
    for (const { of, sql, onlyBefore } of REPORTED) {
      if (onlyBefore && migrated) continue;
      try {
        outcomes.push({ of, ...judgePlan(await explain(db, sql, []), undefined) });
      } catch (error) {
        if (sqlErrno(error) === undefined) throw error;
        outcomes.push(skipped(messageOf(error), { of }));
      }
    }
    return outcomes;
  },
};

export const plans: Group<DatabaseSubject> = { name: 'Plans of the hot queries', checks: [reported, hot] };

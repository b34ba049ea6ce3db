/**
 * Bare Fastify and a raw mysql2 pool with our own SQL for a list, no cache, no guard, no header: what our way to the
 * database costs beyond its statements.
 */
import fastify from 'fastify';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { raw, sql } from '@prior/database';
import { catalogue, entries, type Position } from '../../apps/api/src/products/listing.sql';
import { cursorOf, readCursor } from '../../apps/api/src/products/list-cursor';
import { SUMMARY_COLUMNS, summariesOf } from '../../apps/api/src/products/product-rows';
import { setting } from './setting';

const LIMIT = 20;
const pool = createPool({ ...setting.database, connectionLimit: 50, timezone: 'Z' });
const app = fastify();

/** Both ways that mysql2 describes. */
const query: typeof pool.query = setting.ownConnection
  ? async (...asked: unknown[]) => {
      const connection = await pool.getConnection();
      try {
        return await (connection.query as (...all: unknown[]) => Promise<never>)(...asked);
      } finally {
        connection.release();
      }
    }
  : pool.query.bind(pool);

interface Row extends RowDataPacket, Position {
  sortKey: string;
  total: number;
}

app.get<{ Querystring: { cursor?: string } }>('/api/products', async ({ query: { cursor } }) => {
  const place = cursor === undefined ? { page: 1 } : readCursor(cursor, 'newest');
  const listing = {
    scope: catalogue,
    inStock: true,
    sort: 'newest',
    offset: 0,
    limit: LIMIT,
    ...place,
  } as const;
  const page = sql`SELECT ${SUMMARY_COLUMNS}, CAST(x.k AS CHAR) AS sortKey,
    (SELECT inStock FROM category_totals WHERE categoryId = ${catalogue.totalsId}) AS total
    FROM ${summariesOf(entries(listing, LIMIT + 1, 0))} ORDER BY x.k ${raw('DESC')}, x.id ${raw('DESC')}`;
  const [rows] = await query<Row[]>(page.text, page.params as unknown[]);
  const last = rows.length > LIMIT ? rows[LIMIT - 1] : undefined;
  const total = Number(rows[0]?.total);
  return {
    products: rows.slice(0, LIMIT),
    total,
    page: place.page,
    totalPages: Math.ceil(total / LIMIT),
    nextCursor: last ? cursorOf('newest', { key: last.sortKey, id: last.id }, place.page + 1) : null,
  };
});
void app.listen({ port: setting.port, host: '127.0.0.1' });

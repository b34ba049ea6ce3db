import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { jsonValue, OperatorError, type Query, rows, scalar } from '@prior/database';
import { progress } from '../progress';
import { exportColumns, type ExportedProduct, recordsOf } from './product-rows';

const BATCH = 500;

/**
 * Writes all products as Shopify's product CSV, as they were at one moment. The file appears under its name when it is
 * complete.
 *
 * @param file `-` for standard output
 * @returns how many products
 */
export async function exportFile(query: Query, file: string): Promise<number> {
  await query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const total = Number(await scalar(query, 'SELECT COUNT(*) AS value FROM products'));
  const bar = progress('exporting', total);
  const partial = `${file}.partial`;
  const target = file === '-' ? process.stdout : createWriteStream(partial);
  const csv = stringify({ header: true, columns: [...exportColumns], bom: false });
  try {
    await pipeline(Readable.from(records(query, (done) => bar.update(done))), csv, target, {
      end: file !== '-',
    });
    if (file !== '-') await rename(partial, file);
  } catch (error) {
    if (file !== '-') await rm(partial, { force: true });
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== undefined && path === partial) {
      throw new OperatorError(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
    }
    throw error;
  } finally {
    bar.stop();
    await query('COMMIT');
  }
  return total;
}

async function* records(query: Query, onProgress: (done: number) => void) {
  const paths = await categoryPaths(query);
  let done = 0;
  for (let last = 0; ;) {
    const batch = await rows<ExportedProduct & { id: number; categoryId: number | null }>(
      query,
      `SELECT id, slug, name, description, long_description, thumbnail, images, specs, unitPrice, updatedPrice,
              hasDiscount, quantity, categoryId FROM products WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
      [last],
    );
    const end = batch.at(-1);
    if (end === undefined) return;
    for (const { categoryId, images, specs, ...product } of batch) {
      const category = categoryId === null ? [] : (paths.get(categoryId) ?? []);
      yield* recordsOf({
        ...product,
        hasDiscount: Boolean(product.hasDiscount),
        images: (jsonValue(images) ?? []) as ExportedProduct['images'],
        specs: (jsonValue(specs) ?? {}) as ExportedProduct['specs'],
        category,
      });
    }
    last = end.id;
    onProgress((done += batch.length));
  }
}

/** For each category the names from the root down to it. */
async function categoryPaths(query: Query): Promise<Map<number, string[]>> {
  const steps = await rows<{ id: number; name: string }>(
    query,
    `SELECT x.descendantId AS id, c.name FROM category_closure x JOIN categories c ON c.id = x.ancestorId
      ORDER BY x.descendantId, x.depth DESC`,
  );
  const paths = new Map<number, string[]>();
  for (const { id, name } of steps) paths.set(id, [...(paths.get(id) ?? []), name]);
  return paths;
}

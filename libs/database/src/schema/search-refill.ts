import { searchText } from '../full-text';
import { rows, type Query } from './query';

const BATCH = 1000;

/**
 * Fills `searchText` where it is NULL: rows of an older schema, and rows whose text was changed by a writer that
 * does not know the column (a trigger sets it NULL then). A row that changes meanwhile keeps its NULL for the next run.
 *
 * @returns how many rows were filled
 */
export async function refillSearchText(query: Query, onProgress?: (filled: number) => void): Promise<number> {
  let filled = 0;
  for (let last = 0; ;) {
    const batch = await rows<{ id: number; name: string; description: string | null }>(
      query,
      `SELECT id, name, description FROM products WHERE searchText IS NULL AND id > ? ORDER BY id LIMIT ${BATCH}`,
      [last],
    );
    const end = batch.at(-1);
    if (end === undefined) return filled;
    const texts = JSON.stringify(
      batch.map(({ id, name, description }) => [id, searchText(name, description)]),
    );
    // The trigger checks each text against its row once more, so a row that has changed since stays NULL.
    await query(
      `UPDATE products p JOIN JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', txt MEDIUMTEXT PATH '$[1]')) t
           ON t.id = p.id SET p.searchText = t.txt`,
      [texts],
    );
    last = end.id;
    filled += batch.length;
    onProgress?.(filled);
  }
}

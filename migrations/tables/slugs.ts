import { rows, slugify, type SchemaEditor } from '@prior/database';

interface Row {
  id: number;
  name: string;
  slug: string | null;
}

/** Gives every row a slug of its own: the oldest keeps it, a later one of the same gets its id behind it. */
export async function uniqueSlugs(editor: SchemaEditor, table: 'products' | 'categories'): Promise<void> {
  const exact = editor.dialect.exactCollation;
  const bad = await rows(
    editor.query,
    `SELECT 1 FROM ${table} WHERE slug IS NULL OR slug = ''
      UNION ALL (SELECT 1 FROM ${table} GROUP BY CONVERT(slug USING utf8mb4) COLLATE ${exact} HAVING COUNT(*) > 1 LIMIT 1) LIMIT 1`,
  );
  if (bad.length === 0) return;
  const taken = new Set<string>();
  const changed: string[] = [];
  // Rows with a slug go first, so that a made-up one never takes an existing address away.
  for (const where of [`slug IS NOT NULL AND slug <> ''`, `slug IS NULL OR slug = ''`]) {
    for (let last = 0; ;) {
      const batch = await rows<Row>(
        editor.query,
        `SELECT id, name, slug FROM ${table} WHERE id > ? AND (${where}) ORDER BY id LIMIT 5000`,
        [last],
      );
      const end = batch.at(-1);
      if (end === undefined) break;
      for (const row of batch) {
        const slug = freeSlug(row, taken);
        taken.add(slug);
        if (slug === row.slug) continue;
        await editor.query(`UPDATE ${table} SET slug = ? WHERE id = ?`, [slug, row.id]);
        changed.push(`${row.id}: ${row.slug ?? 'none'} -> ${slug}`);
      }
      last = end.id;
    }
  }
  if (changed.length === 0) return;
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : '';
  editor.announce(
    `${table}: ${changed.length} missing or repeated slugs replaced (${changed.slice(0, 5).join(', ')}${more})`,
  );
}

function freeSlug({ id, name, slug }: Row, taken: ReadonlySet<string>): string {
  const wanted = slug || slugify(name) || `item-${id}`;
  let free = wanted;
  for (let n = 0; taken.has(free); n++) free = n === 0 ? `${wanted}-${id}` : `${wanted}-${id}-${n}`;
  return free;
}

import { jsonValue, rows, type SchemaEditor } from '@prior/database';

type Json = unknown;

function parsed(value: Json): Json {
  try {
    return jsonValue(value);
  } catch {
    return value;
  }
}

/** A list of addresses, a comma-separated text, or a single one: all as `{ url, alt }`. */
function imagesFrom(value: Json): Json {
  const all = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(/\s*,\s*/).filter(Boolean)
      : [value];
  return all.map((image: Json) => {
    if (typeof image !== 'object' || image === null) return { url: String(image), alt: null };
    const { url, src, alt, ...rest } = image as Record<string, Json>;
    return { url: url ?? src ?? '', alt: alt ?? null, ...rest };
  });
}

/** Text stays whole under one name; numbers and nested values become text. */
function specsFrom(value: Json): Json {
  if (typeof value !== 'object' || value === null) return { Details: String(value) };
  const text = (item: Json) => (typeof item === 'string' ? item : JSON.stringify(item));
  const entries = Array.isArray(value)
    ? value.map((item: Json, index) => {
        const { name, key, value: own } = (item ?? {}) as Record<string, Json>;
        return own === undefined
          ? ([String(index + 1), item] as const)
          : ([String(name ?? key ?? index + 1), own] as const);
      })
    : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, Array.isArray(item) ? item.map(text) : text(item)]),
  );
}

/** Brings `images` and `specs` of an older schema, whatever text or JSON they hold, into the documented shapes. */
export async function shapeJson(editor: SchemaEditor): Promise<void> {
  let changed = 0;
  for (let last = 0; ;) {
    const batch = await rows<{ id: number; images: Json; specs: Json }>(
      editor.query,
      'SELECT id, images, specs FROM products WHERE id > ? AND (images IS NOT NULL OR specs IS NOT NULL) ORDER BY id LIMIT 1000',
      [last],
    );
    const end = batch.at(-1);
    if (end === undefined) break;
    for (const row of batch) {
      const images = row.images === null || row.images === '' ? null : imagesFrom(parsed(row.images));
      const specs = row.specs === null || row.specs === '' ? null : specsFrom(parsed(row.specs));
      const before = JSON.stringify([parsed(row.images), parsed(row.specs)]);
      const after = JSON.stringify([images, specs]);
      if (before === after && isJsonText(row.images) && isJsonText(row.specs)) continue;
      const text = (value: Json) => (value === null ? null : JSON.stringify(value));
      await editor.query('UPDATE products SET images = ?, specs = ? WHERE id = ?', [
        text(images),
        text(specs),
        row.id,
      ]);
      changed++;
    }
    last = end.id;
  }
  if (changed > 0) editor.announce(`products: images and specs of ${changed} rows written as JSON`);
}

/** MySQL's own type arrives parsed; text must parse. */
function isJsonText(value: Json): boolean {
  return typeof value !== 'string' || parsed(value) !== value;
}

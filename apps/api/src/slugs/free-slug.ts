import { randomBytes } from 'node:crypto';
import { DUPLICATE_KEY, slugify, sqlErrno } from '@prior/database';
import { Problem } from '@prior/http';

const NUMBERED = 9;

/** Slugs for a name, best first: `blue-shirt`, `blue-shirt-2` … `-9`, then one that is free for certain. */
export function* slugCandidates(name: string, otherwise: string): Generator<string> {
  const base = slugify(name) || otherwise;
  yield base;
  for (let n = 2; n <= NUMBERED; n += 1) yield `${base}-${n}`;
  yield `${base}-${randomBytes(5).toString('hex')}`;
}

/**
 * Inserts a row under the slug that was asked for, or under the first free one for its name.
 *
 * @param insert inserts; a duplicate key means that the slug is taken
 * @param isReserved slugs that a made-up one leaves alone
 * @throws Problem slug_taken
 */
export async function insertWithSlug(
  { slug, name, otherwise }: { slug: string | undefined; name: string; otherwise: string },
  insert: (slug: string) => Promise<number>,
  isReserved: (slug: string) => Promise<boolean> = async () => false,
): Promise<{ id: number; slug: string }> {
  if (slug !== undefined) return { id: await refusingTaken(slug, () => insert(slug)), slug };
  let last = '';
  for (const candidate of slugCandidates(name, otherwise)) {
    last = candidate;
    if (await isReserved(candidate)) continue;
    try {
      return { id: await insert(candidate), slug: candidate };
    } catch (error) {
      if (sqlErrno(error) !== DUPLICATE_KEY) throw error;
    }
  }
  throw new Problem('slug_taken', { params: { slug: last } });
}

/** @throws Problem slug_taken when `write` runs into a duplicate key */
export async function refusingTaken<T>(slug: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw sqlErrno(error) === DUPLICATE_KEY
      ? new Problem('slug_taken', { params: { slug }, cause: error })
      : error;
  }
}

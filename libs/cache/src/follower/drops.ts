import { isServerFailure, mergeDrops, now, type Reader, type TagDrop } from '@prior/database';
import { EVERYTHING } from '../protocol/everything';
import type { Batch } from './collector';
import type { RowRule } from './row-rule';

/** A script with more tags than this would keep Redis from everybody else for too long. */
export const MAX_TAGS = 5_000;

export interface Verdict {
  readonly drops: readonly TagDrop[];
  /** Why everything goes, when it does. */
  readonly everything?: string;
}

const all = (why: string): Verdict => ({ drops: now(EVERYTHING), everything: why });

/**
 * The tags that a batch makes stale. A rule that fails by its own fault costs the whole cache once, not the truth.
 *
 * @throws the driver's error when the primary fails: then nothing is known, and the batch is read again later
 */
export async function dropsOf(batch: Batch, rules: readonly RowRule[], primary: Reader): Promise<Verdict> {
  if (batch.everything !== undefined) return all(batch.everything);
  const drops: TagDrop[] = [];
  for (const rule of rules) {
    const changes = batch.changes.get(rule.table);
    if (!changes) continue;
    try {
      for (const drop of await rule.drops(changes, primary)) drops.push(drop);
    } catch (error) {
      if (isServerFailure(error)) throw error;
      return all(
        `the rule for ${rule.table} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const merged = mergeDrops(drops);
  return merged.length > MAX_TAGS ? all(`more than ${MAX_TAGS} tags at once`) : { drops: merged };
}

import type { Problem } from '../shopify/groups';
import type { Outcome } from './apply';

export interface Skipped extends Problem {
  readonly handle: string;
}

/** What an import did, or in a dry run would do. Its JSON is the tool's interface for scripts. */
export interface Report extends Outcome {
  readonly file: string;
  readonly dryRun: boolean;
  /** Products of the file that were left alone because something is wrong with their lines. */
  skipped: number;
  /** Products of the file that are drafts or unpublished. */
  hidden: number;
  categoriesMade: readonly string[];
  /** Line by line; the first MAX_PROBLEMS only. */
  readonly problems: Skipped[];
}

/** A wrong file can be wrong in every line. */
export const MAX_PROBLEMS = 10_000;
const SHOWN = 20;

/** The report for people. */
export function describe(report: Report): string {
  const { file, dryRun, made, changed, unchanged, skipped, hidden, categoriesMade, problems } = report;
  const parts = [`${made} made`, `${changed} changed`, `${unchanged} unchanged`, `${skipped} skipped`];
  if (hidden > 0) parts.push(`${hidden} not published`);
  const lines = [`${dryRun ? 'Dry run of' : 'Imported'} ${file}: ${parts.join(', ')}.`];
  if (categoriesMade.length > 0) {
    const names = categoriesMade.slice(0, SHOWN).join('; ');
    lines.push(
      `Categories ${dryRun ? 'that would be made' : 'made'}: ${names}${categoriesMade.length > SHOWN ? ' …' : ''}`,
    );
  }
  if (problems.length > 0) lines.push('Skipped:');
  for (const { line, column, reason, handle } of problems.slice(0, SHOWN)) {
    lines.push(`  line ${line}, ${column}: ${reason}${handle ? ` (${handle})` : ''}`);
  }
  if (problems.length > SHOWN) lines.push(`  … and ${problems.length - SHOWN} more; --json lists them`);
  if (dryRun) lines.push('Nothing was changed.');
  return lines.join('\n');
}

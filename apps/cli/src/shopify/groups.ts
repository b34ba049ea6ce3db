import { columns } from './columns';
import { BrokenCsv, type Row } from './rows';

/** A line that is wrong, and why. */
export interface Problem {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

/** All records of one product, which follow one another in the file. */
export interface Group {
  readonly handle: string;
  readonly rows: readonly Row[];
  /** Faults that are known before the cells are looked at: the product must not be touched. */
  readonly problems: readonly Problem[];
}

/**
 * Puts the records of a product together. A file that ends in the middle of a record gives its last product as one
 * with a problem, because lines of it may be missing.
 */
export async function* groupsOf(rows: AsyncIterable<Row>): AsyncGenerator<Group> {
  const firstLines = new Map<string, number>();
  let current: Row[] = [];
  try {
    for await (const row of rows) {
      const handle = row.get(columns.handle);
      if (current[0] && current[0].get(columns.handle) !== handle) {
        yield groupOf(current, firstLines);
        current = [];
      }
      current.push(row);
    }
  } catch (error) {
    if (!(error instanceof BrokenCsv)) throw error;
    const broken: Problem = { line: error.line, column: 'the whole line', reason: error.message };
    const last = groupOf(current, firstLines);
    yield { ...last, problems: [...last.problems, broken] };
    return;
  }
  if (current.length > 0) yield groupOf(current, firstLines);
}

function groupOf(rows: readonly Row[], firstLines: Map<string, number>): Group {
  const [first] = rows;
  const handle = first?.get(columns.handle) ?? '';
  const problems: Problem[] = rows.flatMap(({ line, fault }) =>
    fault === undefined ? [] : [{ line, column: 'the whole line', reason: fault }],
  );
  const before = firstLines.get(handle);
  if (first && handle !== '' && before !== undefined) {
    const reason = `"${handle}" stands at line ${before} already: the lines of a product must follow one another`;
    problems.push({ line: first.line, column: columns.handle, reason });
  } else if (first) {
    firstLines.set(handle, first.line);
  }
  return { handle, rows, problems };
}

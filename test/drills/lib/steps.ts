/** One line of a drill's table. */
export interface StepRow {
  readonly what: string;
  readonly outcome: 'ok' | 'FAILED' | 'not reached';
  readonly seen: string;
}

/** Something is not as the runbook says: the drill ends here. */
export class StepFailed extends Error {}

/** @throws StepFailed */
export function want(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new StepFailed(otherwise);
}

/** Does the steps of a drill one after the other and keeps how each of them went. */
export class Steps {
  readonly rows: StepRow[] = [];

  constructor(private readonly say: (line: string) => void) {}

  /**
   * @param work returns what is worth reading about it
   * @throws what went wrong, after it was noted
   */
  async step(what: string, work: () => Promise<string>): Promise<void> {
    try {
      this.note({ what, outcome: 'ok', seen: await work() });
    } catch (error) {
      this.note({ what, outcome: 'FAILED', seen: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  get failed(): boolean {
    return this.rows.some(({ outcome }) => outcome !== 'ok');
  }

  private note(row: StepRow): void {
    this.rows.push(row);
    this.say(`  ${row.outcome.padEnd(6)}  ${row.what}: ${row.seen}`);
  }
}

const WIDTH = 62;

/** The steps as a table, one row a line. */
export function stepTable(rows: readonly StepRow[]): string {
  const width = Math.min(WIDTH, Math.max(...rows.map(({ what }) => what.length)));
  return rows
    .map(({ what, outcome, seen }) => `${outcome.padEnd(6)}  ${what.padEnd(width)}  ${seen.split('\n')[0]}`)
    .join('\n');
}

/** One line of a drill's table. */
export interface StepRow {
  readonly what: string;
  readonly outcome: 'ok' | 'FAILED';
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
    this.say(stepTable([row], WIDTH));
  }
}

/** Of a step's name, so that lines that are printed one by one stand under one another. */
const WIDTH = 62;

/** Steps as a table, one row a line; only a failure has more to say than fits one. */
export function stepTable(
  rows: readonly StepRow[],
  width = Math.max(...rows.map(({ what }) => what.length)),
): string {
  return rows
    .map(({ what, outcome, seen }) => `${outcome.padEnd(6)}  ${what.padEnd(width)}  ${seen}`)
    .join('\n');
}

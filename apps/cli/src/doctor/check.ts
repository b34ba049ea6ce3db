export type Status = 'pass' | 'warn' | 'fail' | 'skipped';

/** What a check saw. */
export interface Outcome {
  readonly status: Status;
  readonly value: string;
  /** What it is about, where one check looks at several things: a table, an index, a query. */
  readonly of?: string;
  /** In place of the check's own. */
  readonly target?: string;
  readonly cure?: string;
}

/** One question, as data. It only looks: whatever it asks must leave the server as it was. */
export interface Check<Subject> {
  readonly name: string;
  /** What is right. */
  readonly target: string;
  /** One line that says what to type when it is not. */
  readonly cure: string;
  /** The statement that gives the account a right which the application itself does without. */
  readonly grant?: (subject: Subject) => string;
  /** Longest time of the whole check, ms; CHECK_MS without. */
  readonly limitMs?: number;
  look(subject: Subject): Outcome | Outcome[] | Promise<Outcome | Outcome[]>;
}

/** Checks of one kind, shown together. */
export interface Group<Subject> {
  readonly name: string;
  readonly checks: readonly Check<Subject>[];
}

/** A line of the doctor's report. */
export interface Finding {
  readonly group: string;
  /** The server that was asked; empty where there is only one thing to ask. */
  readonly on: string;
  readonly check: string;
  readonly status: Status;
  readonly value: string;
  readonly target: string;
  /** What to type; null where nothing is wrong. */
  readonly cure: string | null;
}

export const pass = (value: string, more: Partial<Outcome> = {}): Outcome => ({
  status: 'pass',
  value,
  ...more,
});
export const warn = (value: string, more: Partial<Outcome> = {}): Outcome => ({
  status: 'warn',
  value,
  ...more,
});
export const fail = (value: string, more: Partial<Outcome> = {}): Outcome => ({
  status: 'fail',
  value,
  ...more,
});
/** @param why it was not looked at */
export const skipped = (why: string, more: Partial<Outcome> = {}): Outcome => ({
  status: 'skipped',
  value: why,
  ...more,
});

/** The worst that holds. */
export const grade = (
  value: string,
  when: { fail?: boolean; warn?: boolean },
  more: Partial<Outcome> = {},
): Outcome => ({ status: when.fail ? 'fail' : when.warn ? 'warn' : 'pass', value, ...more });

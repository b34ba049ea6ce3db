import { isDeepStrictEqual } from 'node:util';
import type { LogEvent, RowImages } from './log-event';
import type { Row, RowChange, RowRule } from './row-rule';
import { changesAnything } from './statement';

/** Changes of committed transactions that are still to be published. */
export interface Batch {
  readonly changes: ReadonlyMap<string, readonly RowChange[]>;
  /** Why all tags have to go, when they have. */
  readonly everything?: string;
}

/** Writers of the API add a row here in the transaction that changes the catalogue, and publish it themselves. */
export const OUTBOX = 'outbox';
/** The follower's own row: its changes come back through the binlog and show how far it is behind. */
export const FOLLOWER = 'binlog_follower';

/** More rows than this between two publications are not told apart: they fill memory, and touch every list anyway. */
export const MAX_CHANGES = 5_000;

/** Makes batches of what a binlog says: what is committed, not published by its writer, and matters to some rule. */
export class Collector {
  private readonly rules: ReadonlyMap<string, RowRule>;
  private open = new Pile();
  private own = false;
  private done = new Pile();

  /**
   * @param database the schema's name, as the server writes it
   * @param onMarker a change of the follower's own row has come back
   */
  constructor(
    rules: readonly RowRule[],
    private readonly database: string,
    private readonly onMarker: (marker: unknown) => void = () => undefined,
    private readonly onOwn: () => void = () => undefined,
  ) {
    this.rules = new Map(rules.map((rule) => [rule.table, rule]));
  }

  /** Tables whose rows it wants to hear of. */
  get tables(): string[] {
    return [...this.rules.keys(), OUTBOX, FOLLOWER];
  }

  hear(event: LogEvent): void {
    switch (event.kind) {
      case 'begin':
      case 'commit':
        this.close();
        break;
      case 'rows':
        this.rows(event.table, event.images, event.whole);
        break;
      case 'statement':
        // Whatever stands in a binlog is committed: it need not wait for the end of its transaction.
        if (changesAnything(event, this.database))
          this.done.takeAll(`a statement: ${event.sql.slice(0, 80)}`);
        break;
      case 'unreadable':
        this.done.takeAll(event.what);
    }
  }

  get isWaiting(): boolean {
    return !this.done.isEmpty;
  }

  /** @returns what is to be published, or undefined; it is the caller's now */
  take(): Batch | undefined {
    if (this.done.isEmpty) return undefined;
    const batch = this.done;
    this.done = new Pile();
    return batch;
  }

  private rows(table: string, images: readonly RowImages[], whole: boolean): void {
    if (table === FOLLOWER) return images.forEach(({ after }) => this.onMarker(after?.['marker']));
    // Its place in the transaction does not matter: rows before and after it are its writer's.
    if (table === OUTBOX) this.own ||= images.some(({ before }) => before === undefined);
    const rule = this.rules.get(table);
    if (!rule) return;
    for (const image of images) this.open.add(rule, image, whole);
  }

  private close(): void {
    if (this.own) this.onOwn();
    else this.done.merge(this.open);
    this.open = new Pile();
    this.own = false;
  }
}

/** Changes by table, of bounded size. */
class Pile implements Batch {
  readonly changes = new Map<string, RowChange[]>();
  everything: string | undefined;
  private size = 0;

  get isEmpty(): boolean {
    return this.size === 0 && this.everything === undefined;
  }

  add({ table, columns }: RowRule, { before, after }: RowImages, whole: boolean): void {
    if (this.everything !== undefined) return;
    const row = after ?? before ?? {};
    const missing = columns.find((column) => !(column in row));
    if (!whole || missing !== undefined) {
      this.takeAll(
        missing ? `${table} has no column ${missing}` : `rows of ${table} without all their columns`,
      );
      return;
    }
    const changed = before && after ? differences(before, after) : [];
    const change = { before: before && pick(before, columns), after: after && pick(after, columns), changed };
    this.put(table, [change]);
  }

  merge(other: Pile): void {
    if (other.everything !== undefined) this.takeAll(other.everything);
    for (const [table, changes] of other.changes) this.put(table, changes);
  }

  takeAll(why: string): void {
    this.everything ??= why;
    this.changes.clear();
    this.size = 0;
  }

  private put(table: string, changes: readonly RowChange[]): void {
    if (this.everything !== undefined) return;
    const list = this.changes.get(table) ?? [];
    this.changes.set(table, list);
    list.push(...changes);
    this.size += changes.length;
    if (this.size > MAX_CHANGES) this.takeAll(`more than ${MAX_CHANGES} rows at once`);
  }
}

const pick = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column) => [column, row[column]]));

const differences = (before: Row, after: Row): string[] =>
  Object.keys(after).filter((column) => !isDeepStrictEqual(before[column], after[column]));

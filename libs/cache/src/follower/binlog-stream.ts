import { randomInt } from 'node:crypto';
import ZongJi, { type AnyBinlogEvent, type TableMapEntry } from '@vlasky/zongji';
import { isServerFailure } from '@prior/database';
import type { LogEvent, RowImages } from './log-event';
import { isDenied } from './server-check';

export interface StreamOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly connectTimeoutMs: number;
  readonly database: string;
  /** Rows of other tables are skipped without being decoded. */
  readonly tables: readonly string[];
  /** The set of GTIDs after which to begin. */
  readonly position: string;
  readonly onEvent: (event: LogEvent) => void;
  /** Called once, with the first failure; nothing comes after it. */
  readonly onFailed: (error: Error) => void;
}

/** The position is not to be had (purged, ahead of this server), or the log holds what cannot be decoded. */
export class LogUnreadable extends Error {}

/** zongji reports these as errors and goes on; the events themselves come as well, and are taken for "anything". */
const TOLD_TWICE = /TRANSACTION_PAYLOAD_EVENT|PARTIAL_UPDATE_ROWS_EVENT/;

/** zongji has a second connection, for the names of columns. */
const LOST = /Control connection unavailable/;

/** A connection to the primary's binlog, as a replica has it. */
export class BinlogStream {
  /** Monotonic ms at which the last event came. */
  lastEventAt = performance.now();
  private closed = false;
  private readonly zongji: ZongJi;

  constructor(private readonly options: StreamOptions) {
    const { host, port, user, password, connectTimeoutMs: connectTimeout } = options;
    this.zongji = new ZongJi({ host, port, user, password, connectTimeout, enableKeepAlive: true });
    this.zongji.on('error', (error: Error) => TOLD_TWICE.test(error.message) || this.fail(unwrapped(error)));
    this.zongji.on('binlog', (event: AnyBinlogEvent) => this.pass(event));
    this.zongji.start({
      gtidSet: options.position,
      // Servers end the older of two connections with the same id: it must be nobody else's.
      serverId: randomInt(2 ** 30, 2 ** 32 - 1),
      includeSchema: { [options.database]: [...options.tables] },
    });
  }

  /** All transactions up to here have been passed on. */
  get position(): string {
    return this.zongji.gtidSet ?? this.options.position;
  }

  close(): void {
    this.closed = true;
    this.zongji.removeAllListeners('binlog');
    this.zongji.stop();
  }

  private pass(event: AnyBinlogEvent): void {
    this.lastEventAt = performance.now();
    try {
      const known = understood(event);
      if (known) this.options.onEvent(known);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.close();
    const expected = isServerFailure(error) || isDenied(error) || LOST.test(error.message);
    this.options.onFailed(expected ? error : new LogUnreadable(error.message, { cause: error }));
  }
}

/** An error that nobody listened for inside the driver comes as the context of another (ERR_UNHANDLED_ERROR). */
const unwrapped = (error: Error & { context?: unknown }): Error => {
  const { context } = error;
  return typeof context === 'object' && context !== null && 'message' in context ? (context as Error) : error;
};

/**
 * Bytes of an event without a body (with and without a checksum): it changes nothing, whatever it is. A server writes
 * one when it stops, and zongji does not know it. The event of an incident, which it does not know either, is longer.
 */
const EMPTY: readonly number[] = [0, 4];

const unreadable = (name: string): LogEvent => ({
  kind: 'unreadable',
  what: `an event of the binlog that cannot be read (${name})`,
});

/** @returns undefined for what says nothing about rows */
function understood(event: AnyBinlogEvent): LogEvent | undefined {
  const name = event.getTypeName();
  switch (name) {
    case 'Gtid':
    case 'AnonymousGtid':
    case 'MariadbGtid':
      return { kind: 'begin' };
    case 'Xid':
    case 'XaPrepare':
      return { kind: 'commit' };
    case 'Query': {
      const { query, schema } = event as { query: string; schema: string } & AnyBinlogEvent;
      return /^(commit|rollback)$/i.test(query.trim())
        ? { kind: 'commit' }
        : { kind: 'statement', schema, sql: query };
    }
    case 'WriteRows':
    case 'UpdateRows':
    case 'DeleteRows':
      return rowsOf(name, event as unknown as RawRows);
    case 'Unknown':
      return EMPTY.includes(event.size) ? undefined : unreadable(name);
    case 'TransactionPayload':
    case 'PartialUpdateRows':
      return unreadable(name);
    default:
      return undefined;
  }
}

interface RawRows {
  readonly tableId: number;
  readonly tableMap: Record<number, TableMapEntry>;
  readonly numberOfColumns: number;
  /** One bit for each column that the images have. */
  readonly columns_present_bitmap: Buffer;
  readonly columns_present_bitmap2?: Buffer;
  readonly rows: readonly Record<string, unknown>[];
}

function rowsOf(name: 'WriteRows' | 'UpdateRows' | 'DeleteRows', event: RawRows): LogEvent {
  const table = event.tableMap[event.tableId]?.tableName ?? '';
  const all = (bits: Buffer | undefined) => !bits || hasAll(bits, event.numberOfColumns);
  return {
    kind: 'rows',
    table,
    whole: all(event.columns_present_bitmap) && all(event.columns_present_bitmap2),
    images: event.rows.map((row): RowImages => {
      if (name === 'WriteRows') return { after: row };
      return name === 'DeleteRows' ? { before: row } : (row as RowImages);
    }),
  };
}

/** The bits beyond the columns' own are set by one server and not by the other. */
function hasAll(bits: Buffer, columns: number): boolean {
  for (let i = 0; i < columns; i += 1) {
    if (((bits[i >> 3] ?? 0) & (1 << (i & 7))) === 0) return false;
  }
  return true;
}

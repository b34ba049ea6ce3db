type Run = (sql: string, params?: readonly unknown[]) => Promise<unknown>;

/**
 * How far the binlog has been published, and where. It is true of one life of Redis and one primary only:
 * - In another generation of Redis entries may have been stored since its birth, from rows older than changes that were
 *   published in the earlier one. Nothing tells which, so there the follower drops everything and begins anew.
 * - Another primary may lack what the former one had not replicated: entries may show rows that are gone again.
 */
export interface StoredPosition {
  readonly generation: string;
  /** Which server's binlog it is about. */
  readonly server: string;
  /** A set of GTIDs. */
  readonly position: string;
}

/**
 * The follower's row, on the primary: it survives Redis, and replication carries it to whoever is primary next. Whoever
 * writes it states what he has published himself, so two followers cannot make it claim too much.
 */
export class PositionStore {
  constructor(private readonly run: Run) {}

  async read(): Promise<StoredPosition | undefined> {
    const sql = 'SELECT generation, server, position FROM binlog_follower WHERE id = 1';
    const [row] = (await this.run(sql)) as StoredPosition[];
    return row;
  }

  /**
   * Stores a position, and more: when this is answered, all that stood in the binlog before is visible to readers.
   * A binlog shows a transaction before the engine has committed it (for as long as a semi-synchronous replica takes
   * to acknowledge it); but commits become visible in the order of the binlog, and this is one behind them.
   *
   * @param marker comes back through the binlog
   */
  async write({ generation, server, position }: StoredPosition, marker: string): Promise<void> {
    await this.run(
      `INSERT INTO binlog_follower (id, generation, server, position, marker, updated_at)
       VALUES (1, ?, ?, ?, ?, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE generation = VALUES(generation),
         server = VALUES(server), position = VALUES(position), marker = VALUES(marker), updated_at = VALUES(updated_at)`,
      [generation, server, position, marker],
    );
  }

  /** The next follower begins anew. Waits for what is in the binlog by now, as `write` does. */
  forget(marker: string): Promise<void> {
    return this.write({ generation: '', server: '', position: '' }, marker);
  }
}

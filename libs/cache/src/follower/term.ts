import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reader, TagDrop } from '@prior/database';
import type { RedisSession } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import { BinlogStream, LogUnreadable, type StreamOptions } from './binlog-stream';
import { type Batch, Collector } from './collector';
import { dropsOf } from './drops';
import { writeCovered } from '../protocol/tag-store';
import type { LogEvent } from './log-event';
import { Progress } from './progress';
import type { RowRule } from './row-rule';
import { type BinlogServer, checkServer, currentPosition, explained } from './server-check';
import { commitsXa } from './statement';
import { PositionStore } from './stored-position';
import { Wake } from './wake';

export interface TermOptions {
  readonly server: Pick<StreamOptions, 'host' | 'port' | 'user' | 'password' | 'connectTimeoutMs'>;
  readonly rules: readonly RowRule[];
  /** On the primary, in autocommit. */
  readonly run: (sql: string, params?: readonly unknown[]) => Promise<unknown>;
  /** Gives tags new versions in this very session of Redis. @throws when it could not be done */
  readonly publish: (session: RedisSession, drops: readonly TagDrop[]) => Promise<void>;
  /** The first change has come through: its own. */
  readonly onFollowing: () => void;
  readonly onEverything: (why: string) => void;
}

/** Pause between two publications, ms: changes that come meanwhile are published together. */
const BATCH_MS = 25;
/** The position is stored, and a marker sent, at least this often, ms. */
const IDLE_MS = 1_000;
/** How far it is published is told no more often than this, ms. */
const COVER_EVERY_MS = 500;
/** A binlog that shows neither our marker nor anything else for this long is dead, ms. */
const SILENT_MS = 3_000;

const left = metrics.cache.followerOwn.cell();
const ownTransactions = (): void => void (left.n += 1);

/** The one commit that has no place in the order of the binlog (see PositionStore.write) is published twice. */
const XA_AGAIN_MS = 1_000;

/** One term as leader, in one session of Redis: follows the binlog until it is told to stop, or something fails. */
export class Term {
  readonly progress = new Progress();
  private readonly store: PositionStore;
  private readonly reader: Reader;
  private following = false;
  /** Wall clock ms. */
  private covered = 0;

  constructor(
    private readonly session: RedisSession,
    private readonly options: TermOptions,
  ) {
    const { run } = options;
    this.store = new PositionStore(run);
    this.reader = {
      query: async <Row>(_name: string, sql: string, params?: readonly unknown[]) =>
        (await run(sql, params)) as Row[],
    };
  }

  /**
   * @param signal ends the term; it then returns
   * @throws CannotFollow when an operator has to do something; anything else when it is worth another try
   */
  async serve(signal: AbortSignal): Promise<void> {
    let failure: Error;
    try {
      const server = await checkServer(this.options.run);
      const position = await this.begin(server.identity);
      return await this.follow(server, position, signal);
    } catch (error) {
      failure = explained(error, this.options.server.user);
    }
    // It would fail again: the next term begins where the log ends, with empty caches.
    if (failure instanceof LogUnreadable) await this.store.forget(randomUUID());
    throw failure;
  }

  /** @returns after which position to follow; whatever was cached before it and changed since has no valid tags */
  private async begin(identity: string): Promise<string> {
    const { generation } = this.session;
    const stored = await this.store.read();
    if (stored && stored.generation === generation && stored.server === identity) return stored.position;
    const position = await currentPosition(this.options.run);
    // In this order: what stands in the log before the position must be visible before entries may be stored again.
    await this.store.forget(randomUUID());
    await this.publish({
      changes: new Map(),
      everything: stored
        ? 'the stored position is not of this Redis and this primary'
        : 'nobody has followed before',
    });
    await this.store.write({ generation, server: identity, position }, randomUUID());
    return position;
  }

  private async follow(
    { identity, database }: BinlogServer,
    start: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { server, rules } = this.options;
    const { generation } = this.session;
    const wake = new Wake();
    let failure: Error | undefined;
    const collector = new Collector(rules, database, (marker) => this.heard(marker), ownTransactions);
    const hear = (event: LogEvent) => {
      collector.hear(event);
      if (!collector.isWaiting) return;
      this.progress.waits();
      wake.now();
    };
    let again: NodeJS.Timeout | undefined;
    const stream = new BinlogStream({
      ...server,
      database,
      tables: collector.tables,
      position: start,
      onEvent: (event) => {
        hear(event);
        if (event.kind === 'statement' && commitsXa(event.sql))
          again = setTimeout(() => hear(event), XA_AGAIN_MS).unref();
      },
      onFailed: (error) => {
        failure = error;
        wake.now();
      },
    });
    const stop = () => wake.now();
    signal.addEventListener('abort', stop);
    try {
      for (let position = start; !signal.aborted;) {
        if (failure) throw failure;
        const covered = this.progress.heardUntilMs;
        const batch = collector.take();
        const reached = stream.position;
        const marker = randomUUID();
        this.progress.sent(marker);
        // Stores what was published before, and waits until what the batch changed is visible (see PositionStore).
        await this.store.write({ generation, server: identity, position }, marker);
        if (batch) await this.publish(batch);
        await this.cover(covered);
        position = reached;
        this.progress.published(collector.isWaiting);
        this.assertAlive(stream);
        await sleep(BATCH_MS);
        await wake.within(IDLE_MS);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(again);
      stream.close();
    }
  }

  private heard(marker: unknown): void {
    if (this.progress.heard(marker) && !this.following) {
      this.following = true;
      this.options.onFollowing();
    }
  }

  private async publish(batch: Batch): Promise<void> {
    const { drops, everything } = await dropsOf(batch, this.options.rules, this.reader);
    if (everything !== undefined) this.options.onEverything(everything);
    await this.options.publish(this.session, drops);
    metrics.cache.followerBatches.inc(everything === undefined ? 'rows' : 'everything');
  }

  /** All that was committed before `untilMs` is published by now. */
  private async cover(untilMs: number): Promise<void> {
    // Not less often when the clock was set back.
    if (Math.abs(untilMs - this.covered) < COVER_EVERY_MS || untilMs === -Infinity) return;
    await writeCovered(this.session, untilMs);
    this.covered = untilMs;
  }

  /** While there is a backlog our markers are at its end; a connection that died quietly shows nothing at all. */
  private assertAlive({ lastEventAt }: BinlogStream): void {
    const silentMs = performance.now() - lastEventAt;
    if (Math.min(silentMs, this.progress.missingMs) < SILENT_MS) return;
    throw new Error(
      `the binlog has shown nothing for ${Math.round(silentMs)} ms, not even our own writes to it`,
    );
  }
}

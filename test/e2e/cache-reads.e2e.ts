import { now, type OutboxRow, type TagDrop } from '@prior/database';
import { openAdmission } from '@prior/http';
import { EntryStore, RedisConnection } from '@prior/resilience';
import { CachedReads } from '../../libs/cache/src/engine/cached-reads';
import { Loader } from '../../libs/cache/src/engine/loader';
import { SecondTier } from '../../libs/cache/src/engine/second-tier';
import { L1_TRUST_MS } from '../../libs/cache/src/engine/trust';
import type { CachedQuestion } from '../../libs/cache/src/engine/types';
import { drainOutbox } from '../../libs/cache/src/protocol/drain';
import { DRAIN_GATE, DrainGate } from '../../libs/cache/src/protocol/drain-gate';
import { KnownVersions } from '../../libs/cache/src/protocol/known-versions';
import { dropTags, PENDING_MS, readTags, tagKey } from '../../libs/cache/src/protocol/tag-store';
import { switchesOf } from '../../libs/cache/src/switches';
import { L1 } from '../../libs/cache/src/tiers/l1';
import { getStack } from '../support/stack';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A primary with one row and an outbox, which can be down; whoever reads it waits for `slow`. */
class Primary {
  value = 1;
  up = true;
  slow: Promise<unknown> = Promise.resolve();
  rows: OutboxRow[] = [];

  /** A write whose process lost Redis before it could publish. */
  writeUnpublished(drops: readonly TagDrop[]): void {
    this.value += 1;
    this.rows.push({ id: this.value, drops });
  }

  readonly outbox = {
    read: async () => {
      if (!this.up) throw new Error('connect ECONNREFUSED');
      return this.rows;
    },
    delete: async (ids: readonly number[]) => {
      this.rows = this.rows.filter(({ id }) => !ids.includes(id));
    },
  };
}

/** One API process's cache, with drains that the test asks for. */
class Process {
  readonly gate: DrainGate;
  readonly reads: CachedReads;
  private readonly redis: RedisConnection;

  constructor(primary: Primary) {
    this.redis = new RedisConnection({
      url: getStack().redisUrl,
      namespace: 'reads',
      commandTimeoutMs: 2_000,
    });
    const session = () => this.redis.session();
    const known = new KnownVersions(session);
    const l1 = new L1(1_000_000);
    const l2 = new SecondTier(this.redis, new EntryStore(this.redis), known, 300_000);
    const distrust = (tags: readonly string[]) => (known.forget(tags), l1.distrust(tags));
    const distrustAll = async () => {
      known.distrustAll();
      l1.distrustAll(performance.now() + L1_TRUST_MS);
    };
    this.gate = new DrainGate(() => drainOutbox(primary.outbox, session, distrust), distrustAll);
    const loader = new Loader(l1, l2, openAdmission, 5_000, switchesOf([]));
    this.reads = new CachedReads(l1, l2, known, this.gate, loader, { staleWhileRevalidateMs: 60_000 });
  }

  publish = (rows: readonly OutboxRow[]) =>
    dropTags(this.redis.session()!, rows.flatMap(({ drops }) => drops), rows); // prettier-ignore
  start = () => this.redis.start();
  stop = () => this.redis.stop();
}

describe('answers while gates are shut', () => {
  let primary: Primary;
  let a: Process;
  let b: Process;
  let serial = 0;
  let tag: string;
  let question: CachedQuestion;
  let loads: number;

  const read = async (process: Process, changed: Partial<CachedQuestion> = {}) => {
    const { held, outcome } = await process.reads.read({ ...question, ...changed });
    return `${outcome} ${held.entry.body.toString()}`;
  };

  beforeEach(async () => {
    primary = new Primary();
    [a, b] = [new Process(primary), new Process(primary)];
    await Promise.all([a.start(), b.start()]);
    tag = `t${process.pid}-${(serial += 1)}`;
    loads = 0;
    question = {
      key: `GET ${tag}`,
      tags: [tag],
      consistency: 'normal',
      workClass: 'detail',
      load: async (context) => {
        loads += 1;
        const body = Buffer.from(String(primary.value));
        if (!primary.up) context.unproven = 'primary-down';
        await primary.slow;
        return { status: 200, body, contentType: 'text/plain', etag: '"x"', headers: {}, ttlS: 60 };
      },
    };
  });
  afterEach(() => Promise.all([a.stop(), b.stop()]));

  it('does not believe, when its gate reopens, what it read before another process published', async () => {
    expect(await read(b)).toBe('MISS 1');
    primary.writeUnpublished(now(tag));
    primary.up = false;
    await sleep(DRAIN_GATE.openMs + 50);
    // Marked, and from here on its versions look current in this process for 400 ms.
    expect(await read(b)).toBe('STALE 1');
    primary.up = true;
    expect(await a.gate.proof()).toBe('fresh');
    // Its own drain finds nothing any more.
    expect(await read(b)).toBe('MISS 2');
  });

  it('nor does a strict reader', async () => {
    expect(await read(b)).toBe('MISS 1');
    primary.writeUnpublished(now(tag));
    primary.up = false;
    await sleep(DRAIN_GATE.openMs + 50);
    expect(await read(b, { consistency: 'strict' })).toBe('STALE 1');
    primary.up = true;
    const drained = a.gate.proof();
    expect(await read(b, { consistency: 'strict' })).toBe('MISS 2');
    await drained;
  });

  it('leaves to its writer what is published and only its deletion is late', async () => {
    expect(await read(b)).toBe('MISS 1');
    primary.writeUnpublished(now(tag));
    await a.publish(primary.rows);
    expect(await b.gate.proof()).toBe('fresh');
    await sleep(DRAIN_GATE.openMs);
    expect(await read(b)).toBe('MISS 2');
    expect(await a.gate.proof()).toBe('fresh');
    expect(await b.gate.proof()).toBe('fresh');
    expect(primary.rows).toHaveLength(1);
    expect(await read(b)).toBe('HIT 2');
  });

  it('marks what comes from a load that began before a write, when nobody could publish the write', async () => {
    let go: () => void = () => undefined;
    primary.slow = new Promise<void>((resolve) => (go = resolve));
    const before = read(a);
    while (loads === 0) await sleep(5);
    primary.writeUnpublished(now(tag));
    primary.up = false;
    await sleep(DRAIN_GATE.openMs + 50);
    const joined = [read(a), read(a, { consistency: 'strict' }), read(b)];
    await sleep(500); // for all of them to have joined; nothing shows it from outside
    expect(loads).toBe(1);
    go();
    expect(await before).toBe('MISS 1');
    expect(await Promise.all(joined)).toEqual(['STALE 1', 'STALE 1', 'STALE 1']);
  });
});

it('does not wait for a pending drop longer than any takes: the clock of Redis was set back', async () => {
  const redis = new RedisConnection({
    url: getStack().redisUrl,
    namespace: 'clock',
    commandTimeoutMs: 2_000,
  });
  await redis.start();
  const session = redis.session()!;
  const tag = `t${process.pid}-clock`;
  const version = async () => (await readTags(session, [tag]))[0]!;
  const mark = (inMs: number) =>
    session.command('mark', (client) => client.hSet(tagKey(session.generation, tag), 'd', Date.now() + inMs));
  const before = await version();
  await mark(PENDING_MS - 100);
  expect(await version()).toEqual({ version: before.version, pending: true });
  await mark(60_000);
  const after = await version();
  expect(after).toEqual({ version: expect.not.stringMatching(before.version), pending: false });
  await redis.stop();
});

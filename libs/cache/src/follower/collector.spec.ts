import { now, type Reader } from '@prior/database';
import { EVERYTHING } from '../protocol/everything';
import { Collector, FOLLOWER, MAX_CHANGES, OUTBOX } from './collector';
import { dropsOf, MAX_TAGS } from './drops';
import type { LogEvent, RowImages } from './log-event';
import { type Row, type RowRule, rowRule } from './row-rule';
import { changesAnything } from './statement';

const things = rowRule<{ id: number }>({
  table: 'things',
  columns: ['id'],
  drops: (changes) =>
    Promise.resolve(changes.flatMap(({ before, after }) => now(`thing:${(after ?? before)!.id}`))),
});
const nobody: Reader = { query: () => Promise.reject(new Error('not asked')) };

const begin: LogEvent = { kind: 'begin' };
const commit: LogEvent = { kind: 'commit' };
const rows = (table: string, ...images: RowImages[]): LogEvent => ({
  kind: 'rows',
  table,
  images,
  whole: true,
});
const inserted = (id: number): RowImages => ({ after: { id, name: 'x' } });
const updated = (before: Row, after: Row): RowImages => ({ before, after });

function collectorAfter(...events: LogEvent[]) {
  const collector = new Collector([things], 'shop');
  for (const event of events) collector.hear(event);
  return collector;
}
const tagsAfter = async (...events: LogEvent[]) => {
  const batch = collectorAfter(...events).take();
  return batch && (await dropsOf(batch, [things], nobody)).drops.map(({ tag }) => tag);
};

it('gives nothing away before the transaction has ended', async () => {
  expect(await tagsAfter(begin, rows('things', inserted(1)))).toBeUndefined();
  expect(await tagsAfter(begin, rows('things', inserted(1)), commit)).toEqual(['thing:1']);
});

it('takes several transactions together, each fact once', async () => {
  const both = [
    begin,
    rows('things', inserted(1)),
    commit,
    begin,
    rows('things', inserted(1), inserted(2)),
    commit,
  ];
  expect(await tagsAfter(...both)).toEqual(['thing:1', 'thing:2']);
});

it('leaves a transaction to its writer when it adds to the outbox, wherever in it', async () => {
  const outbox = rows(OUTBOX, { after: { id: 9 } });
  expect(await tagsAfter(begin, rows('things', inserted(1)), outbox, commit)).toBeUndefined();
  expect(await tagsAfter(begin, outbox, rows('things', inserted(1)), commit)).toBeUndefined();
  expect(await tagsAfter(begin, outbox, commit, begin, rows('things', inserted(2)), commit)).toEqual([
    'thing:2',
  ]);
});

it('does not take the removal of published outbox rows for a writer of its own', async () => {
  const removed = rows(OUTBOX, { before: { id: 9 } });
  expect(await tagsAfter(begin, rows('things', inserted(1)), removed, commit)).toEqual(['thing:1']);
});

it('says which columns of a row have changed, and keeps only what the rule looks at', () => {
  const at = new Date(1);
  const change = updated(
    { id: 1, name: 'a', at, gone: null },
    { id: 1, name: 'b', at: new Date(1), gone: null },
  );
  const batch = collectorAfter(begin, rows('things', change), commit).take();
  expect(batch?.changes.get('things')).toEqual([{ before: { id: 1 }, after: { id: 1 }, changed: ['name'] }]);
});

it.each<[string, LogEvent[]]>([
  [
    'rows without all of their columns',
    [{ kind: 'rows', table: 'things', images: [inserted(1)], whole: false }, commit],
  ],
  ['a table that has lost a column of the rule', [rows('things', { after: { name: 'x' } }), commit]],
  [
    'more rows than are kept',
    [rows('things', ...Array.from({ length: MAX_CHANGES + 1 }, (_, i) => inserted(i))), commit],
  ],
  ['an event that cannot be read', [{ kind: 'unreadable', what: 'an incident' }]],
  [
    'a statement that may have changed anything',
    [{ kind: 'statement', schema: 'shop', sql: 'TRUNCATE things' }],
  ],
])('drops everything after %s', async (_, events) => {
  expect(await tagsAfter(begin, ...events)).toEqual([EVERYTHING]);
});

it('drops nothing for a big transaction of the API itself', async () => {
  const many = Array.from({ length: MAX_CHANGES + 1 }, (_, i) => inserted(i));
  expect(
    await tagsAfter(begin, rows('things', ...many), rows(OUTBOX, { after: { id: 9 } }), commit),
  ).toBeUndefined();
});

it('drops everything when there are too many tags, or a rule fails by its own fault', async () => {
  const batch = { changes: new Map([['things', []]]) };
  const tags = Array.from({ length: MAX_TAGS + 1 }, (_, i) => String(i));
  const many: RowRule = { ...things, drops: () => Promise.resolve(now(...tags)) };
  const broken: RowRule = { ...things, drops: () => Promise.reject(new Error('a mistake')) };
  expect((await dropsOf(batch, [many], nobody)).drops).toEqual(now(EVERYTHING));
  expect(await dropsOf(batch, [broken], nobody)).toMatchObject({
    everything: expect.stringContaining('a mistake'),
  });
});

it('publishes nothing when the primary fails under a rule: the batch is read again later', async () => {
  const lost = Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST' });
  const asking: RowRule = { ...things, drops: () => Promise.reject(lost) };
  await expect(dropsOf({ changes: new Map([['things', []]]) }, [asking], nobody)).rejects.toBe(lost);
});

it('hears its own markers', () => {
  const heard: unknown[] = [];
  const collector = new Collector([], 'shop', (marker) => heard.push(marker));
  collector.hear(rows(FOLLOWER, updated({ marker: 'a' }, { marker: 'b' })));
  collector.hear(commit);
  expect(heard).toEqual(['b']);
  expect(collector.take()).toBeUndefined();
});

it.each([
  ['ALTER TABLE products ADD x INT', 'shop', true],
  ['/* from a client */ truncate products', 'shop', true],
  ['UPDATE shop.products SET quantity = 0', 'other', true],
  ["XA COMMIT X'78',X'',1", '', true],
  ['/*!40000 ALTER TABLE products DISABLE KEYS */', 'shop', true],
  ['UPDATE products SET quantity = 0', 'other', false],
  ['BEGIN', 'shop', false],
  ['SAVEPOINT `a`', 'shop', false],
  ["XA END X'78',X'',1", 'shop', false],
  ['# Dummy event replacing event type 160 that slave cannot handle.', 'shop', false],
  ['DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `tt`', 'other', false],
  ['ANALYZE TABLE products', 'shop', false],
  ['', 'shop', false],
])('%j in %j may change rows of shop: %j', (sql, schema, expected) => {
  expect(changesAnything({ schema, sql }, 'shop')).toBe(expected);
});

import type { TagDrop } from '@prior/database';
import type { RedisConnection, RedisSession } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import type { Edge } from '../edge/open-edge';
import type { KnownVersions } from '../protocol/known-versions';
import type { L1 } from '../tiers/l1';
import { CachePublisher } from './publisher';

const session = {
  generation: 'g',
  script: () => Promise.resolve(0),
  confirm: () => Promise.resolve(),
} as unknown as RedisSession;
const drops: TagDrop[] = [
  { tag: 'product:1', when: 'now' },
  { tag: 'products', when: 'soon' },
  { tag: 'categories', when: 'soon' },
];

let distrusted: string[];
function publisherOn(live: RedisSession | undefined): CachePublisher {
  distrusted = [];
  return new CachePublisher(
    { session: () => live } as unknown as RedisConnection,
    { forget: () => undefined } as unknown as KnownVersions,
    { distrust: (tags: string[]) => distrusted.push(...tags) } as unknown as L1,
    { invalidated: () => undefined } as unknown as Edge,
  );
}

const dropped = metrics.cache.invalidations.cell();

it('counts every tag that it drops, also those whose time is yet to come', async () => {
  const before = dropped.n;
  const publisher = publisherOn(session);
  expect(await publisher.publish(drops)).toBe(true);
  expect(dropped.n - before).toBe(3);
  expect(distrusted).toEqual(['product:1']);
  publisher.published(['product:2', 'products']);
  expect(dropped.n - before).toBe(5);
});

it('counts nothing that Redis was not told', async () => {
  const before = dropped.n;
  expect(await publisherOn(undefined).publish(drops)).toBe(false);
  expect(dropped.n).toBe(before);
});

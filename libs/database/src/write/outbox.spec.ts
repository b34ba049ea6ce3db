import { now, soon } from '../events';
import { decodeDrops, encodeDrops, mergeDrops } from './outbox';

describe('outbox', () => {
  it('keeps tags and their urgency', () => {
    const drops = [...now('product:a', 'category:1'), ...soon('products')];
    expect(decodeDrops(encodeDrops(drops))).toEqual(drops);
  });

  it('merges the drops of several events; the urgent one wins', () => {
    const merged = mergeDrops([...soon('products'), ...now('products'), ...soon('products', 'category:1')]);
    expect(merged).toEqual([...now('products'), ...soon('category:1')]);
  });
});

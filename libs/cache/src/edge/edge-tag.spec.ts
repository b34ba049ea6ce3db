import { cacheTagHeader } from '../http/headers';
import { edgeTag } from './edge-tag';

describe('edgeTag', () => {
  it.each([
    ['products', 'products'],
    ['category:7', 'category:7'],
    ['product:শার্ট', 'product:%E0%A6%B6%E0%A6%BE%E0%A6%B0%E0%A7%8D%E0%A6%9F'],
    ["product:it's (a) *, b", 'product:it%27s%20%28a%29%20%2A%2C%20b'],
  ])('%p → %p', (tag, written) => expect(edgeTag(tag)).toBe(written));

  it('writes a long tag as its hash, and different ones apart', () => {
    const one = edgeTag(`product:${'ক'.repeat(100)}`);
    expect(one).toMatch(/^long:[0-9a-f]{64}$/);
    expect(edgeTag(`product:${'ক'.repeat(101)}`)).not.toBe(one);
  });
});

describe('cacheTagHeader', () => {
  it('fits the 8 KB line that Varnish takes, or is not there', () => {
    const tags = (n: number) =>
      Array.from({ length: n }, (_, i) => `product:a-product-with-a-long-name-${1_000 + i}`);
    expect(cacheTagHeader(tags(100))!.length).toBeLessThan(8_192 - 'cache-tag: '.length);
    expect(cacheTagHeader(tags(300))).toBeUndefined();
  });
});

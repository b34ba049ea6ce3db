import { growths, parse, quantile, rate, sum } from './page/metrics.js';

/** A reading as the page makes it, at a time in ms. */
const reading = (at: number, text: string) => ({ families: parse(text), at });
const buckets = (...counts: number[]) =>
  ['0.1', '0.5', '1', '+Inf'].map((le, i) => `took_bucket{le="${le}",route="/a"} ${counts[i]}`).join('\n');

describe('what the live page makes of two readings', () => {
  it('reads series, their labels and what is escaped in them', () => {
    const text = '# TYPE a counter\na 2\nb{x="1,2",y="say \\"no\\\\\\n"} 3e2\nb{x="2",y=""} +Inf\n';
    expect(parse(text)).toEqual(
      new Map([
        ['a', [{ labels: {}, value: 2 }]],
        [
          'b',
          [
            { labels: { x: '1,2', y: 'say "no\\\n' }, value: 300 },
            { labels: { x: '2', y: '' }, value: Infinity },
          ],
        ],
      ]),
    );
  });

  it('tells nothing from 0', () => {
    const some = reading(0, 'a{x="1"} 0');
    expect([sum(some, 'a', { x: '1' }), sum(some, 'a', { x: '2' }), sum(some, 'b')]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });

  it('computes rates per second, series by series, and believes none that went back', () => {
    const before = reading(1_000, 'a{x="1"} 10\na{x="2"} 100');
    const after = reading(3_000, 'a{x="1"} 30\na{x="2"} 4\na{x="3"} 6');
    expect(growths(before, after, 'a').map(({ grown }: { grown: number }) => grown)).toEqual([20, 0, 6]);
    expect(rate(before, after, 'a')).toBe(13);
    expect(rate(before, after, 'a', { x: (x: string) => x !== '1' })).toBe(3);
  });

  it('computes quantiles of what was observed in between', () => {
    const before = reading(0, buckets(100, 100, 100, 100));
    expect(quantile(before, reading(1, buckets(110, 120, 120, 120)), 'took', 0.5)).toBeCloseTo(0.1);
    expect(quantile(before, reading(1, buckets(110, 120, 120, 120)), 'took', 0.75)).toBeCloseTo(0.3);
    expect(quantile(before, reading(1, buckets(100, 100, 100, 101)), 'took', 0.95)).toBe(1);
    expect(quantile(before, before, 'took', 0.95)).toBeUndefined();
  });
});

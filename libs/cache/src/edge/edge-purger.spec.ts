import { mergeDrops, now as atOnce } from '@prior/database';
import { EdgePurger, SETTLED_MS } from './edge-purger';
import { type EdgeTarget, PurgeFailed } from './edge-target';
import { TokenBucket } from './token-bucket';

const drops = (...tags: string[]) => mergeDrops(atOnce(...tags));

/** A purger on Jest's clock, and an edge that writes down what it is asked, and when. */
function open(options: { perMinute?: number; burst?: number; queue?: number } = {}) {
  const { perMinute = 60_000, burst = 1_000, queue = 1_000 } = options;
  const calls: { at: number; tags: readonly string[] }[] = [];
  const lines: string[] = [];
  const failures: PurgeFailed[] = [];
  const target: EdgeTarget = {
    name: 'test',
    maxTags: 3,
    maxLength: 100,
    purge: (tags) => {
      calls.push({ at: performance.now(), tags });
      const failure = failures.shift();
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
  };
  const log = { warn: (line: string) => lines.push(line), log: (line: string) => lines.push(line) };
  const purger = new EdgePurger(target, new TokenBucket(perMinute, burst), {
    queue,
    edgeKeepsMs: 60_000,
    log,
    random: () => 1,
  });
  return { purger, calls, lines, failures };
}

describe('EdgePurger', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('purges early, and once more when nobody can answer with the old rows', async () => {
    const { purger, calls } = open();
    const began = performance.now();
    purger.invalidated(drops('products', 'product:a'));
    expect(calls).toEqual([]);
    await pass(3_000);
    expect(calls.map(({ tags }) => [...tags].sort())).toEqual([
      ['product:a', 'products'],
      ['product:a', 'products'],
    ]);
    expect(calls[0]!.at - began).toBeGreaterThanOrEqual(400);
    expect(calls[0]!.at - began).toBeLessThanOrEqual(500);
    expect(calls[1]!.at - began).toBeGreaterThanOrEqual(SETTLED_MS);
    expect(calls[1]!.at - began).toBeLessThan(1_500);
  });

  it('is not put off by steady writes', async () => {
    const { purger, calls } = open();
    const first = performance.now();
    for (let i = 0; i < 40; i += 1) {
      purger.invalidated([{ tag: 'products', when: 'soon' }]);
      await pass(100);
    }
    expect(calls[0]!.at - first).toBeLessThan(SETTLED_MS + 150);
    expect(calls.length).toBeGreaterThan(20);
  });

  it('packs many tags into few calls', async () => {
    const { purger, calls } = open();
    purger.invalidated(drops(...'abcdefg'));
    await pass(600);
    expect(calls.map(({ tags }) => tags.length)).toEqual([3, 3, 1]);
    await pass(1_000);
    calls.length = 0;
    purger.invalidated(drops('x'.repeat(60), 'y'.repeat(60)));
    await pass(600);
    expect(calls.map(({ tags }) => tags.length)).toEqual([1, 1]);
  });

  it('leaves out the early purge where calls are scarce, and keeps to the rate', async () => {
    const { purger, calls } = open({ perMinute: 5, burst: 2 });
    for (let i = 0; i < 10; i += 1) {
      purger.invalidated(drops(`product:${i % 3}`));
      await pass(2_000);
    }
    expect(calls.length).toBeLessThanOrEqual(2 + Math.ceil((20 / 60) * 5));
    await pass(60_000);
    expect(calls.at(-1)!.tags.length).toBeGreaterThan(1);
  });

  it('tries again, later each time, with one line for the outage and one for its end', async () => {
    const { purger, calls, lines, failures } = open();
    failures.push(...Array.from({ length: 4 }, () => new PurgeFailed('The edge is gone.')));
    purger.invalidated(drops('a'));
    await pass(20_000);
    const gaps = calls.slice(1, 5).map(({ at }, i) => at - calls[i]!.at);
    expect(gaps.map((gap) => Math.round(gap / 250))).toEqual([1, 2, 4, 8]);
    expect(lines).toEqual([
      'The edge is gone. What has changed is purged when it answers again; until then answers there may be 60 s old',
      expect.stringMatching(/^test is purged again/),
    ]);
  });

  it('waits as long as the edge asks', async () => {
    const { purger, calls, failures } = open();
    failures.push(new PurgeFailed('Slow down.', 10_000));
    purger.invalidated(drops('a'));
    await pass(9_900);
    expect(calls).toHaveLength(1);
    await pass(1_000);
    expect(calls).toHaveLength(2);
  });

  it('does not purge what the edge has forgotten by itself', async () => {
    const { purger, calls, failures } = open();
    failures.push(new PurgeFailed('Slow down.', 70_000));
    purger.invalidated(drops('old'));
    await pass(65_000);
    purger.invalidated(drops('new'));
    failures.push(new PurgeFailed('No.'));
    await pass(100_000);
    expect(calls.at(-1)!.tags).toEqual(['new']);
  });

  it('purges everything instead when too much waits, and says so once', async () => {
    const { purger, calls, lines } = open({ queue: 10 });
    for (let i = 0; i < 50; i += 1) purger.invalidated(drops(`a${i}`));
    await pass(3_000);
    expect(calls.flatMap(({ tags }) => tags)).toContain('all');
    expect(calls.length).toBeLessThan(15);
    expect(lines).toEqual([expect.stringContaining('forget everything')]);
  });

  it('purges what is left before the process ends', async () => {
    const { purger, calls } = open();
    const began = performance.now();
    purger.invalidated(drops('a'));
    const stopped = purger.stop();
    await pass(2_000);
    await stopped;
    expect(calls.map(({ tags }) => tags)).toEqual([['a']]);
    expect(calls[0]!.at - began).toBeGreaterThanOrEqual(SETTLED_MS);
    await pass(5_000);
    expect(calls).toHaveLength(1);
  });
});

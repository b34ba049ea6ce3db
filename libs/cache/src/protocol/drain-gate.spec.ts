import { RedisUnavailable } from '@prior/resilience';
import { DrainGate } from './drain-gate';

/** A gate whose clock and drains the test drives. */
function gate(options: { alwaysOpen?: boolean } = {}) {
  let now = 1_000;
  let outcome: () => Promise<void> = () => Promise.resolve();
  let reopened = 0;
  let drains = 0;
  const subject = new DrainGate(
    () => ((drains += 1), outcome()),
    async () => void (reopened += 1),
    { everyMs: 200, openMs: 400, lateMs: 50, ...options },
    () => now,
  );
  return {
    subject,
    pass: (ms: number) => (now += ms),
    drainsWith: (next: () => Promise<void>) => (outcome = next),
    reopened: () => reopened,
    drains: () => drains,
  };
}

describe('DrainGate', () => {
  it('is shut before the first drain, open after it, shut again 400 ms after that one BEGAN', async () => {
    const g = gate();
    expect(g.subject.isOpen()).toBe(false);
    g.drainsWith(async () => void g.pass(150)); // the drain itself takes time, which counts
    expect(await g.subject.proof()).toBe('fresh');
    g.pass(249);
    expect(g.subject.isOpen()).toBe(true);
    g.pass(1);
    expect(g.subject.isOpen()).toBe(false);
  });

  it.each([
    ['believes', 449, 0],
    ['distrusts', 450, 1],
  ])(
    '%s what was read when a drain that began with the gate open ends %i ms after the beginning of the last one',
    async (_, after, times) => {
      const g = gate();
      await g.subject.proof(); // begins at 0
      const before = g.reopened();
      g.pass(200);
      g.drainsWith(async () => void g.pass(after - 200));
      await (g.subject as unknown as { attempt(): Promise<unknown> }).attempt();
      expect(g.reopened() - before).toBe(times);
    },
  );

  it('tells a dead primary from a Redis that cannot be told', async () => {
    const g = gate();
    g.drainsWith(() => Promise.reject(new Error('ECONNREFUSED')));
    expect(await g.subject.proof()).toBe('primary-down');
    g.drainsWith(() => Promise.reject(new RedisUnavailable('gone')));
    expect(await g.subject.proof()).toBe('redis-down');
    expect(g.subject.isOpen()).toBe(false);
  });

  it('has just shut behind a standstill, but not when a drain has failed or long ago', async () => {
    const g = gate();
    expect(g.subject.hasJustShut()).toBe(false);
    await g.subject.proof();
    expect(g.subject.hasJustShut()).toBe(false);
    g.pass(500);
    expect(g.subject.hasJustShut()).toBe(true);
    g.drainsWith(() => Promise.reject(new Error('ECONNREFUSED')));
    await g.subject.proof();
    expect(g.subject.hasJustShut()).toBe(false);
    g.drainsWith(() => Promise.resolve());
    await g.subject.proof();
    g.pass(3_000);
    expect(g.subject.hasJustShut()).toBe(false);
  });

  it('shares one attempt among all who wait for a proof', async () => {
    const g = gate();
    expect(await Promise.all([g.subject.proof(), g.subject.proof(), g.subject.proof()])).toEqual(
      Array(3).fill('fresh'),
    );
    expect(g.drains()).toBe(1);
  });

  it('drains again when the attempt that it waited for began too long ago', async () => {
    const g = gate();
    g.drainsWith(async () => {
      if (g.drains() === 1) g.pass(500);
    });
    expect(await g.subject.proof()).toBe('fresh');
    expect(g.drains()).toBe(2);
  });

  it('says when it reopens, and only then', async () => {
    const g = gate();
    await g.subject.proof();
    expect(g.reopened()).toBe(1);
    g.pass(399);
    await g.subject.proof();
    expect(g.reopened()).toBe(1); // it was open: nothing was missed
    g.pass(400);
    await g.subject.proof();
    expect(g.reopened()).toBe(2);
  });

  it('is always open as the mutant no-drain', () => {
    expect(gate({ alwaysOpen: true }).subject.isOpen()).toBe(true);
  });
});

import type { WorkClass } from '@prior/http';
import { type Waiting, WaitQueue } from './wait-queue';

const item = (workClass: WorkClass, since = 0, deadline = Infinity): Waiting => ({
  workClass,
  since,
  deadline,
});

describe('WaitQueue', () => {
  it('serves in order', () => {
    const queue = new WaitQueue({ size: 10 });
    const [a, b] = [item('list'), item('list', 1)];
    queue.push(a, 0);
    queue.push(b, 1);
    expect([queue.next(), queue.next(), queue.next()]).toEqual([a, b, undefined]);
  });

  it('lets one of a class wait, and as many more as get their turn in time', () => {
    const queue = new WaitQueue({ size: 10, intervalMs: 40, targetMs: 10 });
    expect(queue.mayWait('list', 1_000, 0)).toBe(true);
    for (const one of ['crawler', 'search', 'search', 'write'] as const) queue.push(item(one), 0);
    const ahead = { write: 1, list: 1, search: 3, crawler: 4 } as const;
    for (const [one, count] of Object.entries(ahead) as [WorkClass, number][]) {
      const gapMs = 40 / (count + 1);
      expect([queue.mayWait(one, gapMs, 40), queue.mayWait(one, gapMs + 0.1, 40)]).toEqual([true, false]);
    }
    queue.next();
    expect(queue.mayWait('list', 1_000, 40)).toBe(true);
  });

  it('lets wait only for the target once it stands', () => {
    const queue = new WaitQueue({ size: 10, intervalMs: 40, targetMs: 10 });
    queue.push(item('list'), 0);
    expect([queue.mayWait('list', 20, 40), queue.mayWait('list', 20, 41)]).toEqual([true, false]);
    expect([queue.mayWait('list', 5, 41), queue.mayWait('write', 1_000, 41)]).toEqual([true, true]);
  });

  it('serves the important first, always', () => {
    const queue = new WaitQueue({ size: 10 });
    for (const one of ['crawler', 'search', 'list', 'detail', 'write'] as const) queue.push(item(one), 0);
    expect(Array.from({ length: 5 }, () => queue.next()?.workClass)).toEqual([
      'write',
      'detail',
      'list',
      'search',
      'crawler',
    ]);
  });

  it('pushes out the last of the least important when full, or refuses what is no more important', () => {
    const queue = new WaitQueue({ size: 2 });
    const [old, young] = [item('search', 0), item('search', 1)];
    queue.push(old, 0);
    queue.push(young, 1);
    for (const one of [item('crawler', 2), item('search', 2)]) expect(queue.push(one, 2)).toBe(one);
    expect(queue.push(item('write', 4), 4)).toBe(young);
    expect(queue.push(item('detail', 5), 5)).toBe(old);
    expect(queue.length).toBe(2);
  });

  it('lets nobody wait longer than its patience', () => {
    const queue = new WaitQueue({ size: 10, patienceMs: 100 });
    const [a, b] = [item('list', 0), item('list', 25)];
    queue.push(a, 0);
    queue.push(b, 25);
    expect(queue.expire(99)).toEqual([]);
    expect(queue.expire(100)).toEqual([a]);
    expect(queue.length).toBe(1);
  });

  it('is fresh again after it was empty', () => {
    const queue = new WaitQueue({ size: 10, intervalMs: 40 });
    queue.push(item('list', 0), 0);
    queue.next();
    queue.push(item('list', 100), 100);
    expect(queue.isStanding(130)).toBe(false);
    expect(queue.isStanding(141)).toBe(true);
  });

  it('drops what missed its own deadline', () => {
    const queue = new WaitQueue({ size: 10 });
    const [late, inTime] = [item('write', 0, 5), item('write', 0, 50)];
    queue.push(late, 0);
    queue.push(inTime, 0);
    expect(queue.expire(5)).toEqual([late]);
  });

  it('forgets who hung up', () => {
    const queue = new WaitQueue({ size: 10 });
    const one = item('list');
    queue.push(one, 0);
    expect(queue.remove(one)).toBe(true);
    expect(queue.remove(one)).toBe(false);
    expect(queue.length).toBe(0);
  });
});

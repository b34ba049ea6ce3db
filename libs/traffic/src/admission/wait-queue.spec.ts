import type { WorkClass } from '@prior/http';
import { type Waiting, WaitQueue } from './wait-queue';

const item = (workClass: WorkClass, since = 0, deadline = Infinity): Waiting => ({
  workClass,
  since,
  deadline,
});

describe('WaitQueue', () => {
  it('serves in order while it empties now and then', () => {
    const queue = new WaitQueue({ size: 10 });
    const [a, b] = [item('list'), item('list', 1)];
    queue.push(a, 0);
    queue.push(b, 1);
    expect([queue.next(2), queue.next(2), queue.next(2)]).toEqual([a, b, undefined]);
  });

  it('serves the newest first once it stands', () => {
    const queue = new WaitQueue({ size: 10, intervalMs: 40, targetMs: 10 });
    const [a, b] = [item('list', 35), item('list', 40)];
    queue.push(item('list', 0), 0);
    queue.push(a, 35);
    queue.push(b, 40);
    expect(queue.next(41)).toBe(b);
  });

  it('knows how many are ahead of a class', () => {
    const queue = new WaitQueue({ size: 10 });
    for (const one of ['crawler', 'search', 'search', 'write'] as const) queue.push(item(one), 0);
    expect([
      queue.ahead('write'),
      queue.ahead('list'),
      queue.ahead('search'),
      queue.ahead('crawler'),
    ]).toEqual([1, 1, 3, 4]);
  });

  it('serves the important first, always', () => {
    const queue = new WaitQueue({ size: 10 });
    for (const one of ['crawler', 'search', 'list', 'detail', 'write'] as const) queue.push(item(one), 0);
    expect(Array.from({ length: 5 }, () => queue.next(1)?.workClass)).toEqual([
      'write',
      'detail',
      'list',
      'search',
      'crawler',
    ]);
  });

  it('pushes out the oldest of the least important when full, or refuses what is less important still', () => {
    const queue = new WaitQueue({ size: 2 });
    const [old, young] = [item('search', 0), item('search', 1)];
    queue.push(old, 0);
    queue.push(young, 1);
    const crawler = item('crawler', 2);
    expect(queue.push(crawler, 2)).toBe(crawler);
    expect(queue.push(item('search', 3), 3)).toBe(old);
    expect(queue.push(item('write', 4), 4)).toBe(young);
    expect(queue.length).toBe(2);
  });

  it('lets wait for an interval, and only for the target once it stands', () => {
    const queue = new WaitQueue({ size: 10, intervalMs: 40, targetMs: 10 });
    const [a, b, c] = [item('list', 0), item('list', 25), item('list', 35)];
    queue.push(a, 0);
    queue.push(b, 25);
    queue.push(c, 35);
    expect(queue.expire(39)).toEqual([]);
    expect(queue.isStanding(41)).toBe(true);
    expect(queue.expire(41)).toEqual([b, a]);
    expect(queue.length).toBe(1);
  });

  it('is fresh again after it was empty', () => {
    const queue = new WaitQueue({ size: 10, intervalMs: 40 });
    queue.push(item('list', 0), 0);
    queue.next(30);
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

import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { JOIN_WITHIN_MS } from '../engine/trust';
import { WaitingList } from './waiting-list';

const response = () => new EventEmitter() as EventEmitter & ServerResponse;

let list: WaitingList;
let over: string[];
/** Remembers when the one that leads now is over. */
const watch = (name: string, key = 'a') => void list.behind(key)?.then(() => over.push(name));

beforeEach(() => {
  jest.useFakeTimers();
  list = new WaitingList();
  over = [];
});
afterEach(() => jest.useRealTimers());
const settle = () => jest.advanceTimersByTimeAsync(0);

it('has nobody to wait for until somebody leads, and for no other question', () => {
  expect(list.behind('a')).toBeUndefined();
  list.lead('a', response());
  expect(list.behind('a')).toBeInstanceOf(Promise);
  expect(list.behind('b')).toBeUndefined();
});

it('ends the waiting with the answer, and lets the next one lead', async () => {
  list.lead('a', response());
  list.lead('b', response());
  watch('a');
  watch('b', 'b');
  await settle();
  expect(over).toEqual([]);
  list.answered('a', true);
  await settle();
  expect(over).toEqual(['a']);
  expect(list.behind('a')).toBeUndefined();
  expect(list.behind('b')).toBeDefined();
});

it('ends it when the one that leads is refused or hangs up', async () => {
  const leader = response();
  list.lead('a', leader);
  watch('a');
  leader.emit('close');
  await settle();
  expect(over).toEqual(['a']);
});

it.each([true, false])('tells whether the next answer would be worth waiting for: %s', async (shared) => {
  list.lead('a', response());
  const waited = list.behind('a');
  list.answered('a', shared);
  expect(await waited).toBe(shared);
});

it('lets nobody wait for long', async () => {
  list.lead('a', response());
  watch('a');
  const waited = list.behind('a');
  await jest.advanceTimersByTimeAsync(JOIN_WITHIN_MS - 1);
  expect(over).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(over).toEqual(['a']);
  expect(await waited).toBe(false);
  expect(list.behind('a')).toBeUndefined();
});

it('does not take the end of an earlier one for that of a later one', async () => {
  const [first, second] = [response(), response()];
  list.lead('a', first);
  list.answered('a', true);
  list.lead('a', second);
  watch('second');
  first.emit('close');
  await jest.advanceTimersByTimeAsync(JOIN_WITHIN_MS - 1);
  expect(over).toEqual([]);
  second.emit('close');
  await settle();
  expect(over).toEqual(['second']);
});

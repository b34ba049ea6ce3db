import { record } from '../record.mjs';

export function check(value, rules) {
  const results = Object.entries(rules).map(([name, rule]) => ({ name, ok: Boolean(rule(value)) }));
  record.checks.push(...results);
  return results.every(({ ok }) => ok);
}

export const sleep = (seconds) => void record.sleeps.push(seconds);

export function fail(message) {
  throw new Error(message);
}

export const group = (_name, work) => work();

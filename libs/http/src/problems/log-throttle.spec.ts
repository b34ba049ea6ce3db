import { LogThrottle } from './log-throttle';

it('says the first of each kind, counts the rest, and tells the number with the next', () => {
  let now = 0;
  const lines: string[] = [];
  const log = new LogThrottle(
    (text) => lines.push(text),
    () => now,
  );
  for (let i = 0; i < 1_000; i += 1) log.say('overloaded', 'full');
  log.say('database_unavailable', 'down');
  expect(lines).toEqual(['full', 'down']);
  now = 5_000;
  log.say('overloaded', 'full');
  log.say('overloaded', 'full');
  expect(lines).toEqual(['full', 'down', 'full (and 999 more like it)']);
});

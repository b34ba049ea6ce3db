import { followerPart } from './follower-part';

it.each([
  ['a leader in time', { role: 'leader', lagMs: 12 }, 'up'],
  ['a leader that is late', { role: 'leader', lagMs: 2_500 }, 'degraded'],
  ['a standby', { role: 'standby' }, 'up'],
  ['one that could not follow', { role: 'standby', problem: 'shop@10.0.0.1 may not' }, 'degraded'],
] as const)('%s', (_, health, status) => {
  const found = followerPart({ health }).check();
  expect(found.status).toBe(status);
  // It is shown on the public port: what exactly is wrong stays in the log.
  expect(JSON.stringify(found)).not.toContain('10.0.0.1');
});

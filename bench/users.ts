/**
 * `npm run bench:users -- [--users 10000] [--seconds 60] [--arrivals 100] [--products 10000] [--follow yes|no]`: 500, 1,000,
 * 2,000, 5,000 and at last that many of the report's users, who come at so many a second; with or without BINLOG_FOLLOW.
 * Ends with status 1 when the last step misses a target.
 */
import { main, options, say, Wrong } from './options';
import { playUsers } from './users/run';

const STEPS = [500, 1_000, 2_000, 5_000, 10_000];

void main(async () => {
  const {
    users,
    follow = 'yes',
    ...given
  } = options({ users: 10_000, seconds: 60, arrivals: 100, products: 10_000 }, ['follow']);
  if (follow !== 'yes' && follow !== 'no') throw new Wrong('--follow must be yes or no');
  const steps = [...STEPS.filter((step) => step < users), users];
  const judged = await playUsers(
    { ...given, steps, follow: follow === 'yes', lab: 'users', name: 'users' },
    say,
  );
  return judged.every(({ ok }) => ok);
});

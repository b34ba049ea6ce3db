import type { BinlogFollower } from '@prior/cache';
import type { Part } from './part';

/** A change by a writer outside the API is promised to be seen within this many ms (docs/outside-writers.md). */
const FOLLOWER_PROMISE_MS = 2_000;

/** Only with BINLOG_FOLLOW. Its trouble keeps nobody from answering: readiness says `degraded`. */
export const followerPart = (follower: Pick<BinlogFollower, 'health'>): Part => ({
  name: 'follower',
  answersReads: false,
  check: () => {
    const { role, lagMs, problem } = follower.health;
    const late = lagMs !== undefined && lagMs > FOLLOWER_PROMISE_MS;
    return {
      status: problem !== undefined || late ? 'degraded' : 'up',
      detail: { role, failing: problem !== undefined, ...(lagMs !== undefined && { lagMs }) },
    };
  },
});

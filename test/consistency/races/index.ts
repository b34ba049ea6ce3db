import type { Race } from './race';
import { laggingReplicas, plainWrite, slowLoad, twoWriters } from './reads';
import { deposedMaster, promotedReplica } from './redis-cluster';
import {
  killedWriter,
  oldSnapshot,
  pausedFiller,
  reopenedGates,
  twoWritesOneToken,
  writerWithoutRedis,
} from './writers';

export const races: readonly Race[] = [
  plainWrite,
  laggingReplicas,
  slowLoad,
  pausedFiller,
  twoWriters,
  writerWithoutRedis,
  twoWritesOneToken,
  killedWriter,
  oldSnapshot,
  reopenedGates,
  promotedReplica,
  deposedMaster,
];

/** The guarantees that can be switched off, and the race that each of them closes. */
export const mutants: Readonly<Record<string, readonly Race[]>> = {
  'no-stamp': [plainWrite],
  'deaf-feed': [plainWrite],
  'no-fence': [laggingReplicas],
  'stamp-after-read': [slowLoad],
  'no-row-lock': [twoWriters],
  'no-drain': [writerWithoutRedis, killedWriter],
  'no-generation': [oldSnapshot, promotedReplica],
  'no-lease': [deposedMaster],
};

import { backupRestore } from './backup-restore';
import type { Drill } from './lib/rehearsal';
import { loseGeneration } from './lose-generation';
import { loseRedis } from './lose-redis';
import { promoteReplica } from './promote-replica';
import { rollbackMigration } from './rollback-migration';

/** In this order they can be played on one shop. */
export const drills: readonly Drill[] = [
  loseRedis,
  loseGeneration,
  rollbackMigration,
  backupRestore,
  promoteReplica,
];

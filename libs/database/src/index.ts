export * from './dialect';
export * from './events';
export * from './full-text';
export * from './schema';
export { assign, nothing, raw, type Sql, sql } from './sql';
export { DatabaseModule, type DatabaseModuleOptions } from './module/database.module';
export { ReadRouter } from './read/read-router';
export { ReplicaMonitor } from './read/replica-monitor';
export type { ReplicaState } from './read/replica-state';
export { type Reader, readerOf } from './reader';
export type { ReadSession } from './read/session';
export {
  DatabaseUnavailable,
  DEADLOCK,
  DUPLICATE_KEY,
  isServerFailure,
  LOCK_WAIT_TIMEOUT,
  sqlErrno,
} from './servers/errors';
export { type Budget, budgetOf } from './servers/budget';
export { tablesOf } from './servers/data-source-options';
export { type Server, serversOf } from './servers/server';
export {
  addToOutbox,
  deleteFromOutbox,
  encodeDrops,
  mergeDrops,
  type OutboxRow,
  readOutbox,
} from './write/outbox';
export { TAG_PUBLISHER, type TagPublisher } from './write/publisher';
export { type Transaction, UnitOfWork } from './write/unit-of-work';
export { PrimaryQuery } from './write/primary-query';

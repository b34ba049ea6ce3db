export { rebuildDerived, rebuildSubtree } from './derived';
export { SchemaEditor } from './editor';
export * from './inspect';
export { MAX_INT, MAX_SLUG } from './limits';
export { OperatorError } from './operator-error';
export { inTransaction, rows, scalar, type Query } from './query';
export { refillSearchText } from './search-refill';
export { slugify } from './slug';
export { installTriggers } from './triggers';

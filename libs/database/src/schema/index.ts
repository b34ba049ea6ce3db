export { rebuildDerived, rebuildSubtree } from './derived';
export { SchemaEditor } from './editor';
export * from './inspect';
export { OperatorError } from './operator-error';
export { inTransaction, errnoOf, rows, scalar, type Query } from './query';
export { refillSearchText } from './search-refill';
export { slugify } from './slug';
export { installTriggers } from './triggers';

export { migrations } from './list';
export { migrate, type MigrateOptions } from './migrate';
export { addIndexes, dropLoadedIndexes, fullTextIndex, keyIndexes, listIndexes } from './indexes';

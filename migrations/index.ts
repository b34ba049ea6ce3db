export { migrations } from './list';
export { migrate, type MigrateOptions } from './migrate';

export * from './connection';
export * from './entry-store';
export * from './script';
export * from './session';
export * from './redis.module';
export { type AskAll, Gathering } from './gathering';

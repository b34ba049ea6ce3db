export * from './connection';
export * from './entry-store';
export * from './script';
export * from './session';
export * from './gathering';
export * from './redis.module';

export * from './connection';
export * from './script';
export * from './session';
export * from './redis.module';

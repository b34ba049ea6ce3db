export * from './connection';
export * from './script';
export * from './session';

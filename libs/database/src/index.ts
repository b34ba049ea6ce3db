export * from './dialect';
export * from './events';

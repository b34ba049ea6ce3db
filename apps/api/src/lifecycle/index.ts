export { Connections } from './connections';
export { Lifecycle } from './lifecycle';
export { LifecycleModule } from './lifecycle.module';

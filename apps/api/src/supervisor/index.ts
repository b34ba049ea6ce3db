export { adminProxy } from './admin-proxy';
export { type FromWorker, isMessage, SUPERVISED_FLAG, type ToWorker } from './messages';
export { SMALL_HEAP } from './small-heap';
export { Supervisor } from './supervisor';

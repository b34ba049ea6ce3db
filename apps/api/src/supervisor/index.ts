export { adminProxy } from './admin-proxy';
export { type FromWorker, isMessage, SUPERVISED_FLAG, type ToWorker } from './messages';
export { Supervisor } from './supervisor';

export { HotPath } from './hot-path';

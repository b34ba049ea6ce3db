export { Cached, type CachedInput, type CachedOptions } from './http/cached.decorator';

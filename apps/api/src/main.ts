import { beginTracing } from './tracing';

/**
 * Tracing comes first: it changes modules while they are loaded, so what it watches may be loaded only behind it. All
 * else about a worker is in serve.ts.
 */
void beginTracing()
  .then(() => import('./serve.js'))
  .then(({ serve }) => serve());

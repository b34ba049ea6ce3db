import type { AdminAnswer } from '@prior/http';

/** Told to main.js by the process that supervises it; PM2 and containers start it without. */
export const SUPERVISED_FLAG = '--supervised';

/** What the supervisor tells a worker. */
export type ToWorker =
  | { readonly type: 'drain'; readonly delayMs: number }
  | { readonly type: 'metrics'; readonly id: number }
  | {
      readonly type: 'admin';
      readonly id: number;
      readonly method: string;
      readonly url: string;
      readonly body: string;
    };

/** What a worker tells the supervisor. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'memory'; readonly rss: number }
  | { readonly type: 'answer'; readonly id: number; readonly value: AdminAnswer | object };

/** Other libraries also talk over the channel: only our own messages have these types. */
export function isMessage<T extends { readonly type: string }>(
  message: unknown,
  types: readonly T['type'][],
): message is T {
  return typeof message === 'object' && message !== null && types.includes((message as T).type);
}

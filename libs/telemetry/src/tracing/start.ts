import type { RunningTracing, TracingOptions } from './options';
import { switchTracing } from './spans';

let running: RunningTracing | undefined;

/**
 * Starts to trace this process. It changes modules while they are loaded: call it before anything loads `@redis/client`
 * or `mysql2`. The SDK itself is loaded here, so that whoever does not trace never loads it.
 */
export async function startTracing(options: TracingOptions): Promise<void> {
  const { openSdk } = await import('./sdk.js');
  running = openSdk(options);
  switchTracing(true);
}

/** Where it is said that spans cannot be delivered. */
export function onTracingTrouble(tell: (text: string) => void): void {
  if (running) running.onTrouble = tell;
}

/** Sends what is left, for as long as that takes, but at most 2 s. */
export async function stopTracing(): Promise<void> {
  switchTracing(false);
  await running?.stop();
}

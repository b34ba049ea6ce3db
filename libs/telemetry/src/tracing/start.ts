import { switchTracing } from './spans';

export interface TracingOptions {
  /** Base address of an OTLP/HTTP receiver (`http://collector:4318`); `/v1/traces` is added. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Share of the traces begun here that are kept, 0 to 1; a trace that comes with a request has decided already. */
  readonly sampleRatio: number;
  /** Requests that are not traced: by their path, and the port that they came to. */
  readonly ignore: (path: string, port: number | undefined) => boolean;
}

export interface RunningTracing {
  /** Told when spans cannot be delivered. */
  onTrouble: (text: string) => void;
  /** Sends what is left. Never rejects. */
  stop(): Promise<void>;
}

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

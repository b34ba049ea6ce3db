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

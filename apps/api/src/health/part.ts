/** What is known of one part that answers depend on. */
export interface PartHealth {
  readonly status: 'up' | 'degraded' | 'down';
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** One part. Asking must be cheap: probes come every few seconds, from several sides. No addresses in the detail. */
export interface Part {
  readonly name: string;
  /** Whether reads can be answered with this part alone. */
  readonly answersReads: boolean;
  check(): PartHealth;
}

/** Injection token of all parts, `Part[]`. */
export const HEALTH_PARTS = Symbol('HEALTH_PARTS');

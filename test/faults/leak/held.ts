import { HttpClient } from '../../support/fleet/http-client';

/** What a process holds while nobody asks it anything. */
export interface Held {
  /** Bytes of JavaScript objects that are left after a garbage collection. */
  readonly heap: number;
  /** Open file descriptors; 0 where the system does not say. */
  readonly files: number;
  readonly timers: number;
  /** Of those that were answered; 0 where Node does not say. */
  readonly requests: number;
  /** Sockets, by who is at the other end. */
  readonly clients: number;
  readonly database: number;
  readonly redis: number;
  readonly other: number;
}

/** Things that are counted: there must not be one more than before. */
export const COUNTED = ['clients', 'database', 'redis', 'other', 'files', 'timers', 'requests'] as const;

/** Collecting garbage and answering may take long on a busy machine, ms. */
const PROBE_MS = 60_000;

/** Asks the probe in the process. */
export async function heldBy(port: number): Promise<Held> {
  const client = new HttpClient(port, PROBE_MS);
  try {
    return (await client.request('/')).json<Held>();
  } finally {
    client.close();
  }
}

/** The heap may be larger by this share. */
export const HEAP_SHARE = 0.05;

/** Every client of the load has been answered and has hung up; of the rest there may be what was there before. */
export const mostOf = (name: (typeof COUNTED)[number], before: Held): number =>
  name === 'clients' || name === 'requests' ? 0 : before[name];

/** Whether `now` holds no more than `before`. */
export const isBack = (before: Held, now: Held): boolean =>
  now.heap <= heapLimit(before) && COUNTED.every((name) => now[name] <= mostOf(name, before));

export const heapLimit = ({ heap }: Held): number => heap * (1 + HEAP_SHARE);

/** The least that was seen of each: rest is reached for each thing at a moment of its own. */
export function leastOf(all: readonly Held[]): Held {
  return ofEach(all, Math.min);
}

/**
 * What a resting process holds: probes and heartbeats go on, so that there is now and then a connection more. The counts
 * are the highest of the later half of the rest, the heap is the least.
 */
export function restingOf(all: readonly Held[]): Held {
  return { ...ofEach(all.slice(Math.floor(all.length / 2)), Math.max), heap: leastOf(all).heap };
}

function ofEach(all: readonly Held[], choose: (...values: number[]) => number): Held {
  const names = ['heap', ...COUNTED] as const;
  return Object.fromEntries(
    names.map((name) => [name, choose(...all.map((held) => held[name]))]),
  ) as unknown as Held;
}

import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@prior/config';
import { signDevToken } from '@prior/http';
import { freePorts } from '../../../scripts/lib/ports.js';
import type { CheckOptions, CheckRow } from '../../support/check';
import { type CheckStack, Fleet, forget, openStack, SECRETS } from '../../support/fleet/fleet';
import { stackEnv } from '../../support/stack';
import { directEnv, filled } from '../servers';
import {
  COUNTED,
  HEAP_SHARE,
  heapLimit,
  type Held,
  heldBy,
  isBack,
  leastOf,
  mostOf,
  restingOf,
} from './held';
import { makeLoad } from './load';

const PROBE = resolve(__dirname, 'probe.js');
const PRODUCTS = 500;
/** Idle connections beyond a few are closed after this, ms. */
const DB_IDLE_MS = 1_000;
const ASK_EVERY_MS = 1_000;

/** Mutants of the harness: the process keeps something of its requests on purpose. */
export const LEAKS = ['keep-heap', 'keep-requests', 'keep-sockets'];

export interface LeakOptions {
  readonly clients?: number;
  /** How long a rest may be, s. */
  readonly restS?: number;
  readonly say?: (line: string) => void;
}

/** Warm-up, load, rest, load, rest: the second rest must hold no more than the first. */
export async function checkLeak(
  { seconds, seed, mutants }: CheckOptions,
  { clients = 16, restS = 20, say = () => undefined }: LeakOptions = {},
): Promise<CheckRow[]> {
  const stack = await openStack();
  let fleet: Fleet | undefined;
  let database: string | undefined;
  try {
    database = await filled(stack, PRODUCTS);
    const [probePort] = (await freePorts(1)) as [number];
    fleet = await Fleet.start({
      stack,
      database,
      processes: 1,
      env: { ...restingEnv(stack), ...probeEnv(stack, probePort, mutants) },
    });
    const { auth } = loadConfig({ NODE_ENV: 'test', ...SECRETS, ...stackEnv(stack, database) });
    const authorization = `Bearer ${await signDevToken(auth, { role: 'admin' })}`;
    const load = { port: fleet.nodes[0]!.client.port, seed, clients, products: PRODUCTS, authorization };
    const begin = await heldBy(probePort);
    say(`started: ${words(begin)}`);
    // Compiled code, filled caches and metrics of every route are no leak.
    await makeLoad(load, seconds);
    const rests: Held[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const answered = await makeLoad({ ...load, seed: seed + 1_000 * round }, seconds);
      const held = await rest(probePort, restS, rests[0]);
      rests.push(held);
      say(`${answered} requests, then ${words(held)}`);
    }
    return rowsOf(rests[0]!, rests[1]!);
  } finally {
    await fleet?.stop();
    if (database) await forget(stack, database);
    await stack.close();
  }
}

/** Rests as long as it may; the second time (`before`) only until nothing is more than it was. */
async function rest(port: number, limitS: number, before?: Held): Promise<Held> {
  const seen: Held[] = [];
  const end = performance.now() + limitS * 1000;
  do {
    await sleep(ASK_EVERY_MS);
    seen.push(await heldBy(port));
    if (before && isBack(before, leastOf(seen))) break;
  } while (performance.now() < end);
  return before ? leastOf(seen) : restingOf(seen);
}

/** What the second rest held, against the first. */
export function rowsOf(first: Held, second: Held): CheckRow[] {
  const share = second.heap / first.heap - 1;
  const heap: CheckRow = {
    what: 'heap after garbage collection',
    value: `${mb(first.heap)} MB, then ${mb(second.heap)} MB (${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %)`,
    wanted: `at most + ${HEAP_SHARE * 100} %`,
    ok: second.heap <= heapLimit(first),
  };
  const counted = COUNTED.map((name): CheckRow => {
    const most = mostOf(name, first);
    return {
      what: NAMES[name],
      value: `${first[name]}, then ${second[name]}`,
      wanted: `at most ${most}`,
      ok: second[name] <= most,
    };
  });
  return [heap, ...counted];
}

const NAMES: Record<(typeof COUNTED)[number], string> = {
  clients: "clients' connections",
  database: 'database connections',
  redis: 'Redis connections',
  other: 'other sockets',
  files: 'open files',
  timers: 'timers',
  requests: 'answered requests',
};

const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

const words = (held: Held): string =>
  [`heap ${mb(held.heap)} MB`, ...COUNTED.map((name) => `${name} ${held[name]}`)].join(', ');

/** Past the proxies: their sockets are not what is counted. */
const restingEnv = (stack: CheckStack): Record<string, string> => ({
  ...directEnv(stack),
  DB_IDLE_TIMEOUT_MS: String(DB_IDLE_MS),
  // Small, so that the warm-up fills it and it grows no more.
  CACHE_L1_MAX_BYTES: String(1_048_576),
});

const probeEnv = (stack: CheckStack, port: number, leaks: readonly string[]): Record<string, string> => ({
  NODE_OPTIONS: `--require "${PROBE}"`,
  LEAK_PROBE: JSON.stringify({
    port,
    databasePorts: [stack.primary, ...stack.replicas].map((server) => server.port),
    redisPort: Number(new URL(stack.redisUrl).port || 6379),
    leaks,
  }),
});

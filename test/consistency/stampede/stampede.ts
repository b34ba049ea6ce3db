import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckOptions, CheckRow } from '../../support/check';
import type { CheckStack } from '../../support/fleet/fleet';
import type { ApiNode } from '../../support/fleet/node';
import { sumOver } from '../../support/fleet/metrics';
import type { Lab } from '../lab/lab';
import { rename } from '../lab/writes';
import { withLab } from '../run';
import { Tally } from './tally';

export interface StampedeOptions extends CheckOptions {
  readonly gets: number;
  readonly processes: number;
}

/** An answer that took longer was not served but found: the deadline of database work. */
const BOUND_MS = 5_000;
const INVALIDATE_EVERY_MS = 50;
/** A load that this trap sees has its lease; it is let go when nobody has to die. */
const PAGE = /product_listing|FROM products/;
/** So long a load waits for others to come, ms: less than its lease lasts. */
const COMPANY_MS = 3_000;

/** Stops the first load of each process, when its rows are on their way. */
function holdLoads(nodes: readonly ApiNode[]) {
  const traps = nodes.map(({ links }) =>
    [links.primary, ...links.replicas].map((link) => link.trap(PAGE, 'reply')),
  );
  return {
    /** Per process: resolves, to it, when its load stands still. */
    caught: nodes.map((node, i) => Promise.race(traps[i]!.map(({ caught }) => caught)).then(() => node)),
    release: () => traps.flat().forEach((trap) => trap.release()),
  };
}

/** So many requests at once, over all processes, each on a connection of its own. */
async function rush(nodes: readonly ApiNode[], url: string, gets: number): Promise<Tally> {
  const tally = new Tally();
  // Connections first: it is the requests that have to come together.
  await Promise.all(nodes.map((node) => node.client.open(Math.ceil(gets / nodes.length))));
  await Promise.all(Array.from({ length: gets }, (_, i) => tally.ask(nodes[i % nodes.length]!, url)));
  for (const node of nodes) node.client.close();
  return tally;
}

const loadsOf = (nodes: readonly ApiNode[]) =>
  sumOver(nodes, 'prior_db_query_duration_seconds_count', { name: 'products.page' });

async function coldKey({ fleet: { nodes } }: Lab, gets: number): Promise<CheckRow[]> {
  const before = await loadsOf(nodes);
  // Otherwise one process might have stored the answer before another is asked: a single load, with a lease or without.
  const held = holdLoads(nodes);
  const rushing = rush(nodes, '/api/products?limit=50', gets);
  await Promise.race(held.caught);
  await Promise.race([Promise.all(held.caught), sleep(COMPANY_MS)]);
  held.release();
  const tally = await rushing;
  const loads = (await loadsOf(nodes)) - before;
  return [
    row(`answered of ${gets} at once${tally.reasons}`, tally.answered, String(gets), tally.answered === gets),
    row('slowest answer, ms', tally.slowestMs),
    row('loads of one cold key', loads, '1', loads === 1),
  ];
}

/** The process that holds the lease dies in mid-load: another takes over, and only one. */
async function killedHolder({ fleet: { nodes } }: Lab, gets: number): Promise<CheckRow[]> {
  const held = holdLoads(nodes);
  const rushing = rush(nodes, '/api/products?limit=51', gets);
  const holder = await Promise.race(held.caught);
  const survivors = nodes.filter((node) => node !== holder);
  const before = await loadsOf(survivors);
  await holder.kill();
  held.release();
  const tally = await rushing;
  const loads = 1 + (await loadsOf(survivors)) - before;
  await holder.start();
  const wanted = Math.floor((gets * survivors.length) / nodes.length);
  return [
    row(
      `answered when the lease holder is killed${tally.reasons}`,
      tally.answered,
      `>= ${wanted}`,
      tally.answered >= wanted,
    ),
    row('slowest of them, ms', tally.slowestMs),
    row('loads, the killed one included', loads, '<= 2', loads <= 2),
  ];
}

async function steadyInvalidation(lab: Lab, seconds: number): Promise<CheckRow[]> {
  const { fleet, shop, truth } = lab;
  const [product] = shop.of('plain');
  const tally = new Tally();
  const end = performance.now() + seconds * 1_000;
  let invalidations = 0;
  const invalidate = async () => {
    for (let next = performance.now(); next < end; next += INVALIDATE_EVERY_MS) {
      await sleep(Math.max(0, next - performance.now()));
      await lab.write(fleet.nodes[invalidations % fleet.nodes.length]!, await rename(truth, product!));
      invalidations += 1;
    }
  };
  const read = async (node: ApiNode) => {
    while (performance.now() < end) await tally.ask(node, '/api/products?limit=52');
  };
  await Promise.all([
    invalidate(),
    ...fleet.nodes.flatMap((node) => Array.from({ length: 16 }, () => read(node))),
  ]);
  return [
    row(`invalidations, one every ${INVALIDATE_EVERY_MS} ms where the machine can`, invalidations),
    row(`reads answered meanwhile${tally.reasons}`, tally.answered, 'all', tally.failed === 0),
    row('slowest of them, ms', tally.slowestMs, `<= ${BOUND_MS}`, tally.slowestMs <= BOUND_MS),
  ];
}

/** One cold key and very many readers; the same when the lease holder dies; readers of a key that never rests. */
export function checkStampede(stack: CheckStack, options: StampedeOptions): Promise<CheckRow[]> {
  // Nobody is to be turned away here, and nothing given up because the processor is busy with so many requests: those
  // are other checks.
  const env = {
    MAX_IN_FLIGHT: '100000',
    REDIS_COMMAND_TIMEOUT_MS: '10000',
    REQUEST_DEADLINE_MS: '60000',
    DB_STATEMENT_TIMEOUT_MS: '60000',
  };
  return withLab(stack, { ...options, env }, async (lab) => [
    ...(await coldKey(lab, options.gets)),
    ...(await killedHolder(lab, Math.ceil(options.gets / 10))),
    ...(await steadyInvalidation(lab, options.seconds)),
  ]);
}

const row = (what: string, value: number, wanted = '', ok = true): CheckRow => ({
  what,
  value: Math.round(value).toLocaleString('en'),
  wanted,
  ok,
});

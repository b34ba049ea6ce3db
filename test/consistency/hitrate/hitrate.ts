import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckOptions, CheckRow } from '../../support/check';
import { Fleet, forget, type CheckStack } from '../../support/fleet/fleet';
import { sumOver } from '../../support/fleet/metrics';
import type { ApiNode } from '../../support/fleet/node';
import { migratedDatabase } from '../../support/migrated';
import { random } from '../../support/random';
import { bearer } from '../lab/tokens';
import { Tally } from '../stampede/tally';
import { fillCatalogue, urls } from './catalogue';
import { zipf } from './zipf';

export interface HitRateOptions extends CheckOptions {
  /** Reads a second. */
  readonly rate: number;
  /** Stock changes a second, a basket of five in one request. */
  readonly stock: number;
  /** Edits of products a second. */
  readonly edits: number;
  readonly products: number;
  readonly processes: number;
  /** How long the reads take to grow to their rate before anything is measured, s: processes that have just begun. */
  readonly warmup: number;
  /** Lowest hit rate, percent. */
  readonly wanted: number;
}

const BASKET = 5;
/** One list for every three details. */
const LIST_SHARE = 0.25;

/**
 * Does `work` so many times a second, without waiting for it, until `end`; what the machine cannot do is left out.
 *
 * @param growing begins with none and reaches the rate at the end
 */
async function pace(
  perSecond: number,
  end: number,
  work: () => Promise<void>,
  growing = false,
): Promise<void> {
  const started = performance.now();
  const running = new Set<Promise<void>>();
  const length = end - started;
  for (let sent = 0; performance.now() < end;) {
    const passed = performance.now() - started;
    const due = Math.floor(((growing ? (passed * passed) / (2 * length) : passed) / 1_000) * perSecond);
    for (; sent < due; sent += 1) {
      if (running.size >= 256) continue;
      const one = work().finally(() => running.delete(one));
      running.add(one);
    }
    await sleep(5);
  }
  await Promise.all(running);
}

interface Traded {
  readonly tally: Tally;
  /** Requests; `refused` even when they were repeated. */
  readonly writes: { readonly done: number; readonly refused: number };
}

/** Visitors, checkouts and an editor; measures after a warm-up of the same kind. */
async function trade(
  nodes: readonly ApiNode[],
  options: HitRateOptions,
  seconds: number,
  growing = false,
): Promise<Traded> {
  const { rate, stock, edits, products, seed } = options;
  const { next, integer, pick } = random(seed);
  const { details, lists } = urls(products);
  const [product, list] = [zipf(products, next), zipf(lists.length, next)];
  const tally = new Tally();
  const writes = { done: 0, refused: 0 };
  const end = performance.now() + seconds * 1_000;
  const read = () => tally.ask(pick(nodes), next() < LIST_SHARE ? lists[list()]! : details[product()]!);
  const write = async (method: string, path: string, body: unknown, authorization: string) => {
    const send = () => pick(nodes).request(path, { method, body, headers: { authorization } });
    let answer = await send();
    // As clients do.
    for (let again = 0; answer.status === 503 && again < 5; again += 1) {
      await sleep(1_000 * Number(answer.header('retry-after') ?? 1));
      answer = await send();
    }
    writes[answer.status === 503 ? 'refused' : 'done'] += 1;
    if (answer.status >= 300 && answer.status !== 503)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
  };
  const [service, admin] = [await bearer('service'), await bearer('admin')];
  const basket = () => {
    const slugs = new Set(Array.from({ length: BASKET }, () => `p-${product()}`));
    return { changes: [...slugs].map((slug) => ({ slug, delta: -1 })) };
  };
  await Promise.all([
    pace(rate, end, read, growing),
    pace(stock / BASKET, end, () => write('POST', '/api/products/stock', basket(), service)),
    pace(edits, end, () =>
      write('PATCH', details[product()]!, { description: `edit ${integer(1e9)}` }, admin),
    ),
  ]);
  return { tally, writes };
}

/** How much of a shop's traffic the cache answers while it is being bought from and edited. */
export async function checkHitRate(stack: CheckStack, options: HitRateOptions): Promise<CheckRow[]> {
  const { seconds, products, processes, mutants, wanted } = options;
  const database = await migratedDatabase(stack);
  await fillCatalogue(stack, stack.primary, database, products);
  const fleet = await Fleet.start({ stack, database, processes, mutants });
  try {
    const { nodes } = fleet;
    await trade(nodes, options, options.warmup, true);
    const fenced = (outcome: string) => sumOver(nodes, 'prior_fence_waits_total', { outcome });
    // A load on a connection that has reached the position before does not wait, and is a load all the same.
    const fences = async () => (await fenced('reached')) + (await fenced('known'));
    const fallbacks = () => sumOver(nodes, 'prior_db_fallbacks_total');
    const before = [await fences(), await fallbacks()] as const;
    const { tally, writes } = await trade(nodes, options, seconds);
    const [onReplicas, fallen] = [(await fences()) - before[0], (await fallbacks()) - before[1]];
    const reads = tally.answered + tally.failed;
    const hitRate = (100 * tally.hits) / Math.max(1, reads);
    return [
      row('reads a second', reads / seconds, `${options.rate} asked for`),
      row('not answered', tally.failed, '0', tally.failed === 0),
      row(
        'writes a second (a basket counts once)',
        writes.done / seconds,
        `${options.stock / BASKET + options.edits} asked for`,
      ),
      row('writes refused again and again', writes.refused),
      row('hit rate, %', hitRate, `>= ${wanted}`, hitRate >= wanted),
      row('loads', onReplicas + fallen),
      row('of them on the primary, %', (100 * fallen) / Math.max(1, onReplicas + fallen)),
    ];
  } finally {
    await fleet.stop();
    await forget(stack, database);
  }
}

const row = (what: string, value: number, wanted = '', ok = true): CheckRow => ({
  what,
  value: (Math.round(value * 100) / 100).toLocaleString('en'),
  wanted,
  ok,
});

import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask';
import { Metrics, parseMetrics, type Sample } from './metrics';

/** The event loop's lag is that of the time between two looks, ms. */
const BETWEEN_MS = 1_000;
/** Under PM2 each process has a port of its own, one behind the other. */
const MOST_PORTS = 256;

/**
 * The metrics of every process of the API on one host.
 *
 * @param base http://host:port of the first admin port
 * @throws TimeLimitError, fetch's error, Error when something else answers there
 */
export async function readMetrics(base: string): Promise<Metrics> {
  await scrapeAll(base);
  await sleep(BETWEEN_MS);
  return new Metrics(await scrapeAll(base));
}

async function scrapeAll(base: string): Promise<Sample[]> {
  const samples = await scrape(base);
  const first = new URL(base);
  for (let i = 1; i < MOST_PORTS; i += 1) {
    const next = new URL(base);
    next.port = String(Number(first.port) + i);
    // The first port that is nobody's, or somebody else's, ends the row.
    const more = await scrape(next.origin).catch(() => undefined);
    if (!more) return samples;
    samples.push(...more);
  }
  return samples;
}

async function scrape(base: string): Promise<Sample[]> {
  const { status, body } = await ask(`${base}/metrics`);
  const samples = status === 200 ? parseMetrics(body) : [];
  if (!samples.some(({ name }) => name.startsWith('prior_')))
    throw new Error(`${base}/metrics is not the admin port of the API (status ${status})`);
  return samples;
}

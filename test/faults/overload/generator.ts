/**
 * The load generator, a process of its own: what it needs of the processor is not taken from the loop of the check, nor
 * from that of the application.
 *
 * Open loop: requests leave at random moments (a Poisson process) whether or not earlier ones were answered, as those
 * of strangers do.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, HttpClient, NoAnswer } from '../../support/fleet/http-client';
import { random } from '../../support/random';
import { type Setting, type Outcome, type Plan, type Reply, type Sample } from './load';

/** Answers that are in memory all the time. */
const HOT = [
  '/api/products',
  '/api/products?sort=price',
  ...Array.from({ length: 18 }, (_, i) => `/api/products/product-${i + 1}`),
];
/** Behind this, timers come too late to be what was planned, ms. */
const SHORTEST_SLEEP_MS = 1;
/** How often its own loop is looked at. */
const RESOLUTION_MS = 5;

class Generator {
  private readonly cold: HttpClient;
  private readonly hot: HttpClient;
  private readonly random: ReturnType<typeof random>;
  private asked = 0;

  constructor(private readonly setting: Setting) {
    this.cold = new HttpClient(setting.port);
    this.hot = new HttpClient(setting.port);
    this.random = random(setting.seed);
    this.asked = setting.seed % 1_000;
  }

  async play(plan: Plan): Promise<Reply> {
    const begun = performance.now();
    const samples: Sample[] = [];
    const failures = new Map<string, number>();
    const open = new Set<Promise<void>>();
    const ask = (client: HttpClient, path: string, stage: number, hot: boolean): void => {
      const sentAt = performance.now() - begun;
      const work = outcomeOf(client, path).then(({ outcome, why }) => {
        samples.push({ stage, hot, outcome, sentAt, ms: performance.now() - begun - sentAt });
        if (why !== undefined) failures.set(why, (failures.get(why) ?? 0) + 1);
        open.delete(work);
      });
      open.add(work);
    };
    let [start, nextHot] = [0, 0];
    const late: number[] = [];
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delay.enable();
    for (const [stage, { perS, seconds }] of plan.entries()) {
      const end = start + seconds * 1_000;
      for (let next = start + this.gap(perS); next < end; next += this.gap(perS)) {
        await until(begun + next);
        for (; nextHot < next; nextHot += 1_000 / this.setting.hotPerS) {
          ask(this.hot, this.random.pick(HOT), stage, true);
        }
        ask(this.cold, this.question(), stage, false);
      }
      start = end;
      late.push(Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS));
      delay.reset();
    }
    delay.disable();
    await Promise.all(open);
    return { samples, failures: [...failures], late };
  }

  /** Fills the cache with what is to stay there. */
  async warm(): Promise<void> {
    for (const path of HOT) await outcomeOf(this.hot, path);
  }

  /** Asked for the first time, and the only one. */
  private question(): string {
    this.asked += 1;
    return `/api/products?sort=price&limit=10&minPrice=${Math.floor(this.asked / 100)}.${String(this.asked % 100).padStart(2, '0')}`;
  }

  private gap(perS: number): number {
    return (-Math.log(1 - this.random.next()) * 1_000) / perS;
  }
}

async function until(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait >= SHORTEST_SLEEP_MS) await sleep(wait);
  // The loop must turn even when it is late: nobody else would read the answers.
  else if (wait < -50) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What every browser does (RFC 9110, section 9.2.2): an idempotent request on a connection that ended at that moment. */
async function ask(client: HttpClient, path: string): Promise<Answer> {
  try {
    return await client.request(path);
  } catch (error) {
    if (error instanceof NoAnswer && error.silent) return client.request(path);
    throw error;
  }
}

async function outcomeOf(client: HttpClient, path: string): Promise<{ outcome: Outcome; why?: string }> {
  try {
    const answer = await ask(client, path);
    if (answer.status === 200) return { outcome: 'ok' };
    const code = codeOf(answer.body);
    const retryAfter = Number(answer.header('retry-after'));
    const clear = answer.header('content-type')?.startsWith('application/problem+json') && retryAfter >= 1;
    return answer.status === 503 && code === 'overloaded' && clear
      ? { outcome: 'refused' }
      : { outcome: 'failed', why: `${answer.status} ${code}` };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { outcome: 'failed', why: error.message };
  }
}

function codeOf(body: Buffer): string {
  try {
    return String((JSON.parse(body.toString('utf8')) as { code?: unknown }).code);
  } catch {
    return body.toString('utf8', 0, 60);
  }
}

const tell = (reply: Reply) => process.send?.(reply);

let generator: Generator | undefined;
process.on('message', (message: Setting | Plan) => {
  const work = async (): Promise<Reply> => {
    if (Array.isArray(message)) return generator!.play(message as Plan);
    generator = new Generator(message as Setting);
    await generator.warm();
    return { samples: [], failures: [], late: [] };
  };
  work().then(tell, (error: unknown) => tell({ samples: [], failures: [], late: [], error: String(error) }));
});
process.on('disconnect', () => process.exit());

/**
 * One process of the check: takes a part of the trace and sends it through the limiter when its time has come.
 * Its wall clock is wrong on purpose.
 */
import { RedisConnection } from '@prior/resilience';
import { quotaOf, RateLimiter } from '@prior/traffic';
import { type Planned, policy, type Recorded } from './trace';

export interface Setting {
  readonly redisUrl: string;
  readonly mutants: readonly string[];
  /** ms by which this process's wall clock is wrong. */
  readonly skewMs: number;
}

export interface Job {
  /** When the trace begins, ms of the monotonic clock. */
  readonly startAt: number;
  readonly trace: readonly Planned[];
}

/** `ready` after the setting, `records` after the job. */
export interface Answer {
  readonly ready?: true;
  readonly records?: Recorded[];
  readonly error?: string;
}

/** ms of the system's monotonic clock. */
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

function skewWallClock(ms: number): void {
  const now = Date.now;
  Date.now = () => now() + ms;
}

async function connect({ redisUrl, mutants, skewMs }: Setting) {
  skewWallClock(skewMs);
  const redis = new RedisConnection({ url: redisUrl, commandTimeoutMs: 10_000, connectTimeoutMs: 10_000 });
  await redis.start();
  if (!redis.session()) throw new Error(`Redis does not answer at ${redisUrl}`);
  return { redis, limiter: new RateLimiter({ session: () => redis.session(), mutants }) };
}

async function replay(limiter: RateLimiter, { startAt, trace }: Job): Promise<Recorded[]> {
  const records: Recorded[] = [];
  const send = async ({ caller, path }: Planned) => {
    const quota = quotaOf(policy, caller);
    const sent = clock();
    const made = (path === 'cheap' ? limiter.count(quota) : undefined) ?? (await limiter.check(quota));
    if (made.by === 'local') throw new Error('Redis was lost during the run: its result would say nothing');
    records.push({ caller, path, sent, answered: clock(), allowed: made.allowed });
  };
  const open: Promise<void>[] = [];
  for (const planned of trace) {
    const wait = startAt + planned.at - clock();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    open.push(send(planned));
  }
  await Promise.all(open);
  return records;
}

const message = <T>() => new Promise<T>((resolve) => process.once('message', resolve));
const answer = (text: Answer) => new Promise<void>((resolve) => process.send?.(text, () => resolve()));

async function main(): Promise<void> {
  const { redis, limiter } = await connect(await message<Setting>());
  const job = message<Job>();
  await answer({ ready: true });
  await answer({ records: await replay(limiter, await job) });
  await limiter.close();
  await redis.stop();
  process.disconnect();
}

main().catch(async (error: unknown) => {
  await answer({ error: String(error) });
  process.exit(1);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { drive, type Driven } from '../load/drive';
import type { Case } from './cases';

/** Of what is slow: it has no more to gain by it. */
const SLOW_WARM_UP_S = 2;
/** Between two cases: what the one before has left to do is done. */
const PAUSE_MS = 300;
const STEADY_LIMIT_MS = 10_000;
/** What is slow is measured in one round of so many, and for so many seconds at least. */
const SLOW = 5;

export interface Measured {
  readonly id: string;
  readonly title: string;
  readonly ours: boolean;
  /** Answers a second, one for each round. */
  readonly perS: readonly number[];
  /** Answers for a second of the process's own processor time: hardly depends on what else the machine does. */
  readonly perCpuS: readonly number[];
  /** Latency of each round: [percent, ms]. */
  readonly cdfs: readonly Driven['cdf'][];
  readonly failed: number;
}

/**
 * A, B, C, A, B, C …: what disturbs the machine for a while disturbs all of them.
 *
 * @param warmUp s that each has before the first round. The more code an answer runs, the longer V8 needs to compile what
 *   runs often: without them the first rounds would compare compilers, and those of a load most of all.
 */
export async function playRounds(
  cases: readonly Case[],
  { rounds, seconds, warmUp }: { rounds: number; seconds: number; warmUp: number },
  say: (line: string) => void,
): Promise<Measured[]> {
  const driven = new Map<string, (Driven & { perCpuS: number })[]>(cases.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const warming = round === 0;
    for (const one of cases) {
      const slow = one.slow === true && rounds >= SLOW;
      if (slow && round % SLOW !== 0) continue;
      await assertStatus(one);
      const { program, headers, connections } = one;
      const least = slow ? Math.max(SLOW, seconds) : seconds;
      const length = !warming ? least : one.slow ? Math.min(SLOW_WARM_UP_S, warmUp) : warmUp;
      const cpu = program.cpuSeconds();
      const result = await drive({
        port: program.port,
        asks: one.asks(length),
        headers,
        seconds: length,
        connections,
      });
      const perCpuS = (result.perS * length) / (program.cpuSeconds() - cpu);
      if (!warming) driven.get(one.id)!.push({ ...result, perCpuS });
      // Its database is still busy with what nobody waits for any more: a question that comes now is answered last.
      if (slow) await assertStatus(one);
      await sleep(PAUSE_MS);
    }
    if (!warming) say(`round ${round} of ${rounds}`);
  }
  return cases.map(({ id, title, ours = false }) => {
    const all = driven.get(id)!;
    return {
      id,
      title,
      ours,
      perS: all.map(({ perS }) => perS),
      perCpuS: all.map(({ perCpuS }) => perCpuS),
      cdfs: all.map(({ cdf }) => cdf),
      failed: all.reduce((sum, { failed }) => sum + failed, 0),
    };
  });
}

/**
 * Waits until it answers as it is to be measured: after a warm-up or another case that was too much for it, it may refuse
 * for a moment.
 *
 * @throws when it does not within 10 s
 */
async function assertStatus({ id, program, asks, headers, status }: Case): Promise<void> {
  const end = performance.now() + STEADY_LIMIT_MS;
  for (;;) {
    const url = `http://127.0.0.1:${program.port}${asks(0)[0]!.path}`;
    const answer = await fetch(url, { headers, redirect: 'manual' });
    const text = await answer.text();
    if (answer.status === status) return;
    if (performance.now() > end)
      throw new Error(`${id} answers ${answer.status} instead of ${status}: ${text.slice(0, 300)}`);
    await sleep(PAUSE_MS);
  }
}

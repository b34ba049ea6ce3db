import { setTimeout as sleep } from 'node:timers/promises';
import { drive, type Driven } from '../load/drive';
import type { Case } from './cases';

const WARM_UP_S = 2;
/** Between two cases: what the one before has left to do is done. */
const PAUSE_MS = 300;

export interface Measured {
  readonly id: string;
  readonly title: string;
  readonly ours: boolean;
  /** Answers a second, one for each round. */
  readonly perS: readonly number[];
  /** Latency of each round: [percent, ms]. */
  readonly cdfs: readonly Driven['cdf'][];
  readonly failed: number;
}

/** A, B, C, A, B, C …: what disturbs the machine for a while disturbs all of them. */
export async function playRounds(
  cases: readonly Case[],
  { rounds, seconds }: { rounds: number; seconds: number },
  say: (line: string) => void,
): Promise<Measured[]> {
  const driven = new Map<string, Driven[]>(cases.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const warmUp = round === 0;
    for (const one of cases) {
      await assertStatus(one);
      const { program, headers } = one;
      const length = warmUp ? Math.min(WARM_UP_S, seconds) : seconds;
      const result = await drive({ port: program.port, asks: one.asks(length), headers, seconds: length });
      if (!warmUp) driven.get(one.id)!.push(result);
      await sleep(PAUSE_MS);
    }
    if (!warmUp) say(`round ${round} of ${rounds}`);
  }
  return cases.map(({ id, title, ours = false }) => {
    const all = driven.get(id)!;
    return {
      id,
      title,
      ours,
      perS: all.map(({ perS }) => perS),
      cdfs: all.map(({ cdf }) => cdf),
      failed: all.reduce((sum, { failed }) => sum + failed, 0),
    };
  });
}

/** @throws when it answers something else than is to be measured */
async function assertStatus({ id, program, asks, headers, status }: Case): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${program.port}${asks(0)[0]!.path}`, {
    headers,
    redirect: 'manual',
  });
  await answer.arrayBuffer();
  if (answer.status !== status) throw new Error(`${id} answers ${answer.status} instead of ${status}`);
}

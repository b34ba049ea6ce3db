import { setTimeout as sleep } from 'node:timers/promises';
import { LIMIT_MS } from '../history/register';
import type { Lab } from '../lab/lab';
import { allQuestions } from '../shop/questions';
import { Chaos } from './chaos';
import { reader } from './readers';
import { writer } from './writers';

export interface StormOptions {
  readonly seconds: number;
  /** Ends earlier when so many reads were judged. */
  readonly reads?: number;
  readonly readers?: number;
  readonly writers?: number;
  /** Ends earlier for another reason. */
  readonly isOver?: () => boolean;
  readonly say: (line: string) => void;
}

/** Readers, writers and faults at random; at its end everything is mended, and everything must be as it was written. */
export async function storm(lab: Lab, options: StormOptions): Promise<Chaos> {
  const { seconds, reads = Infinity, readers = 6, writers = 3, isOver = () => false, say } = options;
  const end = performance.now() + seconds * 1_000;
  const chaos = new Chaos(lab);
  let failed = false;
  const goesOn = () => !failed && !isOver() && performance.now() < end && lab.history.reads < reads;
  const guarded = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      failed = true;
      throw error;
    });
  const ticker = setInterval(() => say(`  ${lab.history.reads} reads, ${lab.history.stale} stale`), 10_000);
  try {
    await Promise.all([
      guarded(chaos.rage(goesOn)),
      ...Array.from({ length: readers }, () => guarded(reader(lab, goesOn))),
      ...Array.from({ length: writers }, () => guarded(writer(lab, goesOn))),
    ]);
  } finally {
    clearInterval(ticker);
  }
  await sleep(LIMIT_MS);
  for (const node of lab.fleet.nodes)
    for (const question of allQuestions(lab.shop)) await lab.read(node, question);
  return chaos;
}

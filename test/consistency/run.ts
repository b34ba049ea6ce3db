import { Fleet, type CheckStack, forget } from '../support/fleet/fleet';
import { migratedDatabase } from '../support/migrated';
import { random } from '../support/random';
import { Lab } from './lab/lab';
import { openShop } from './lab/open';
import { Truth } from './lab/truth';
import type { Race } from './races/race';

export interface LabOptions {
  readonly processes: number;
  readonly seed: number;
  readonly mutants?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a lab on these servers, lets `work` use it, and takes everything away again. */
export async function withLab<T>(
  stack: CheckStack,
  { processes, seed, mutants, env }: LabOptions,
  work: (lab: Lab) => Promise<T>,
): Promise<T> {
  const database = await migratedDatabase(stack);
  const truth = new Truth(stack.primary, database);
  const fleet = await Fleet.start({ stack, database, processes, mutants, env });
  try {
    truth.start();
    const lab = new Lab(stack, fleet, await openShop(fleet.nodes[0]!), truth, random(seed));
    return await work(lab);
  } finally {
    await truth.stop();
    await fleet.stop();
    await forget(stack, database);
  }
}

export type Say = (line: string) => void;

/** Plays races one after the other. @returns the names of those that found something stale */
export async function playRaces(lab: Lab, some: readonly Race[], say: Say): Promise<string[]> {
  const stale: string[] = [];
  for (const race of some) {
    const why = race.impossible?.(lab);
    if (why !== undefined) {
      say(`  not played: ${race.name} (${why})`);
      continue;
    }
    const before = lab.history.stale;
    await race.play(lab);
    const found = lab.history.stale - before;
    if (found > 0) stale.push(race.name);
    say(`  ${found > 0 ? `${found} stale` : 'nothing stale'}: ${race.name}`);
  }
  return stale;
}

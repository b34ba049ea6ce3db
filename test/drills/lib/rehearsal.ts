import { playRaces, withLab } from '../../consistency/run';
import { laggingReplicas, plainWrite } from '../../consistency/races/reads';
import { oldSnapshot } from '../../consistency/races/writers';
import { storm } from '../../consistency/random/storm';
import { dropDatabase } from '../../support/stack';
import type { Scene } from './scene';
import { Steps, want } from './steps';

/** A disaster, and the way out of it as its page of the runbook has it. */
export interface Drill {
  readonly name: string;
  readonly about: string;
  /** Its page in docs/runbook. */
  readonly page: string;
  play(scene: Scene, steps: Steps): Promise<void>;
}

export interface RehearsalOptions {
  /** How long the consistency check rages at the end, s; 0: only its races; null: it is left out. */
  readonly seconds: number | null;
  readonly say: (line: string) => void;
}

/**
 * Plays a drill and looks whether the shop is whole afterwards.
 *
 * @returns its steps; the first that failed is the last
 */
export async function rehearse(
  drill: Drill,
  scene: Scene,
  { seconds, say }: RehearsalOptions,
): Promise<Steps> {
  const steps = new Steps(say);
  try {
    await drill.play(scene, steps);
    await steps.step('the catalogue is intact', () => scene.intact());
    if (seconds !== null)
      await steps.step('the consistency check is green', () => consistency(scene, seconds));
  } catch (error) {
    // What failed stands in the table; anything else is a fault of the drill.
    if (!steps.failed) throw error;
  }
  return steps;
}

async function consistency(scene: Scene, seconds: number): Promise<string> {
  const { stack } = scene;
  const quiet = () => undefined;
  const before = await schemas(scene);
  const { history } = await withLab(stack, { processes: 2, seed: 1 }, async (lab) => {
    await playRaces(lab, [plainWrite, laggingReplicas, oldSnapshot], quiet);
    if (seconds > 0) await storm(lab, { seconds, say: quiet });
    return lab;
  });
  const made = (await schemas(scene)).filter((name) => !before.includes(name));
  for (const name of made) await dropDatabase(stack, name);
  want(history.stale === 0, `${history.stale} stale, the first: ${history.reports[0]}`);
  want(!history.refused.has('500'), `${history.refused.get('500')} answers were 500`);
  return `${history.reads} reads judged, 0 stale; ${history.writes} writes`;
}

const schemas = async ({ primary }: Scene) => (await primary.sql('SHOW DATABASES')).flat();

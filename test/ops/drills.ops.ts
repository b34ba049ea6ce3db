import { join } from 'node:path';
import { build } from '../../scripts/lib/build.js';
import { drills } from '../drills';
import { rehearse } from '../drills/lib/rehearsal';
import { Scene } from '../drills/lib/scene';
import { stepTable } from '../drills/lib/steps';

/** Drills of the runbook once each, one after the other on one shop: what one of them breaks, the next one finds. */
jest.setTimeout(300_000);

/** promote-replica joins them once it has been seen to pass more than once. */
const rehearsed = drills.filter(({ name }) => name !== 'promote-replica');

let scene: Scene | undefined;

beforeAll(async () => {
  await build({ root: join(__dirname, '../..') });
  scene = await Scene.open(60);
});
afterAll(() => scene?.close());

it.each(rehearsed.map((drill) => [drill.name, drill] as const))(
  '%s ends with the catalogue intact',
  async (_name, drill) => {
    const isLast = drill === rehearsed.at(-1);
    // Once for all: on the servers that have gone through every drill.
    const steps = await rehearse(drill, scene!, { seconds: isLast ? 0 : null, say: () => undefined });
    // The whole table is shown when one of its steps failed.
    expect(steps.failed ? stepTable(steps.rows) : '').toBe('');
    expect(steps.rows.map(({ what }) => what)).toContain('the catalogue is intact');
  },
);

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { drills } from '../drills';
import { rehearse } from '../drills/lib/rehearsal';
import { Scene } from '../drills/lib/scene';
import { stepTable } from '../drills/lib/steps';

/** Every drill of the runbook once, one after the other on one shop: what one of them breaks, the next one finds. */
jest.setTimeout(300_000);

let scene: Scene | undefined;

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: join(__dirname, '../..') });
  scene = await Scene.open(60);
});
afterAll(() => scene?.close());

it.each(drills.map((drill) => [drill.name, drill] as const))(
  '%s ends with the catalogue intact',
  async (_name, drill) => {
    const isLast = drill === drills.at(-1);
    // Once for all: on the servers that have gone through every drill.
    const steps = await rehearse(drill, scene!, { seconds: isLast ? 0 : null, say: () => undefined });
    expect({ failed: steps.failed, table: stepTable(steps.rows) }).toMatchObject({ failed: false });
    expect(steps.rows.map(({ what }) => what)).toContain('the catalogue is intact');
  },
);

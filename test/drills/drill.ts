/** What `npm run drill` starts after the build; see scripts/drill.js. */
import { parseArgs } from 'node:util';
import { drills } from './index';
import { type Drill, rehearse } from './lib/rehearsal';
import { Scene } from './lib/scene';

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function play(drill: Drill, products: number, seconds: number): Promise<boolean> {
  say(`\n${drill.name}: ${drill.about}`);
  const scene = await Scene.open(products);
  const end = (signal: NodeJS.Signals) =>
    void scene.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const steps = await rehearse(drill, scene, { seconds, say });
    say(
      steps.failed
        ? `FAILED; the procedure: docs/runbook/${drill.page}`
        : `passed; the procedure: docs/runbook/${drill.page}`,
    );
    return !steps.failed;
  } finally {
    process.removeListener('SIGINT', end).removeListener('SIGTERM', end);
    await scene.close();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '5' }, products: { type: 'string', default: '500' } },
  });
  const wanted = positionals[0] === 'all' ? drills : drills.filter(({ name }) => positionals.includes(name));
  let passed = true;
  for (const drill of wanted)
    passed = (await play(drill, Number(values.products), Number(values.seconds))) && passed;
  process.exitCode = passed ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `The drill could not be played: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 2;
});

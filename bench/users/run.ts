import { loadavg } from 'node:os';
import { freePorts } from '../../scripts/lib/ports.js';
import { Lab } from '../lab/lab';
import { Program } from '../lab/program';
import { lineChart } from '../report/charts';
import { inWords, surroundings } from '../report/surroundings';
import { textTable } from '../report/table';
import { writeReport } from '../report/write';
import { browsing } from './browsing';
import { assertOpenFiles } from './open-files';
import { playStep, type Step } from './step';
import {
  criteriaTable,
  type Judged,
  judge,
  judgedTable,
  p95Curves,
  stepTable,
  throughputCurves,
} from './tables';

export interface UsersOptions {
  /** Rising; the last is judged. */
  readonly steps: readonly number[];
  /** Length of the last step; those before take a third of it. */
  readonly seconds: number;
  /** Users that come in a second, until all of a step are there. */
  readonly arrivals: number;
  readonly products: number;
  /** Whether the API hears writers outside of it. */
  readonly follow: boolean;
  /** Folder of the servers' data. */
  readonly lab: string;
  /** Of the results, without an ending. */
  readonly name: string;
}

/**
 * The application as it is shipped, in cluster mode, believing the proxy that its users come through. It follows the
 * binlog, as a shop does whose checkout writes to the same database: what has not changed lives longer then.
 */
async function startCluster(env: Record<string, string>, follow: boolean): Promise<Program> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  return Program.start('cluster', {
    args: ['dist/apps/api/src/cluster.js'],
    env: {
      ...env,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      TRUST_PROXY: 'loopback',
      BINLOG_FOLLOW: String(follow),
      SHUTDOWN_DELAY_MS: '0',
    },
    port,
    ready: '/health/ready',
  });
}

/** Ever more of the report's users against everything on this machine. @returns how the last step is judged */
export async function playUsers(options: UsersOptions, say: (line: string) => void): Promise<Judged[]> {
  const { steps: sizes, seconds, arrivals, products, follow, name } = options;
  assertOpenFiles(Math.max(...sizes));
  const around = surroundings();
  say(inWords(around));
  const lab = await Lab.open(options.lab, { replicas: 2 });
  let api: Program | undefined;
  try {
    const database = await lab.catalogue({ products, reviews: products * 5 }, say);
    api = await startCluster(lab.env(database), follow);
    const next = await browsing(lab, database, 1);
    const steps: Step[] = [];
    for (const [i, users] of sizes.entries()) {
      const last = i === sizes.length - 1;
      steps.push(
        await playStep(api, next, users, { seconds: last ? seconds : Math.ceil(seconds / 3), arrivals }),
      );
      say(`${users.toLocaleString('en')} users: ${JSON.stringify(steps.at(-1)!.visit.outcomes)}`);
    }
    const judged = judge(steps.at(-1)!);
    const loadAfter = Number(loadavg()[0]!.toFixed(1));
    for (const table of [stepTable(steps), criteriaTable(steps), judgedTable(judged)])
      say(`\n${textTable(table)}`);
    say(`load average ${loadAfter} after`);
    const axes = { x: 'users', logX: true, logY: true };
    const page = writeReport({
      name,
      title: 'Ever more users',
      surroundings: around,
      data: { loadAfter, steps, judged },
      sections: [
        { title: 'Targets', tables: [judgedTable(judged)] },
        {
          title: 'Steps',
          text: `Users come at ${arrivals} a second and wait 1 to 4 seconds; lists and details by Zipf, one request in a hundred writes; each user has an address of its own. Load generator, API, primary, two replicas and Redis share this machine. Failures are all answers of 400 and above, and requests without an answer.`,
          tables: [stepTable(steps), criteriaTable(steps)],
        },
        {
          title: 'Throughput',
          charts: [lineChart(throughputCurves(steps), { ...axes, y: 'answers a second' })],
        },
        { title: '95th percentile', charts: [lineChart(p95Curves(steps), { ...axes, y: 'ms' })] },
      ],
    });
    say(`\n${page}`);
    return judged;
  } finally {
    await api?.stop();
    await lab.close();
  }
}

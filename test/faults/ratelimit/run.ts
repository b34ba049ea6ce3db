import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { unsettledMax } from '@prior/traffic';
import { startServers } from '../../../scripts/lib/servers.js';
import type { CheckOptions, CheckRow } from '../../support/check';
import { judge, type Verdict } from './oracle';
import { makeTrace, type Planned, policy, type Recorded } from './trace';
import type { Answer, Job, Setting } from './worker';

/** Wall clocks of the processes, in ms: right, and two seconds off in both directions. */
const SKEWS = [0, 2_000, -2_000];
/** ms for the trace to reach the processes. */
const HEAD_START = 200;
const REGISTER = join(__dirname, '../../../scripts/lib/register-ts.js');

const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Replays a trace against the limiter in several processes with one real Redis, and judges every decision.
 *
 * @returns a row for each thing that is promised
 */
export async function checkRateLimit({ seconds, seed, mutants }: CheckOptions): Promise<CheckRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'prior-test-'));
  const servers = await startServers({ dir, replicas: -1, profile: 'test', owned: true });
  let children: ChildProcess[] = [];
  try {
    const redisUrl = servers.redis!.url;
    children = SKEWS.map(() =>
      fork(join(__dirname, 'worker.ts'), { execArgv: ['-r', REGISTER], stdio: 'inherit' }),
    );
    await Promise.all(children.map((child, i) => tell(child, { redisUrl, mutants, skewMs: SKEWS[i]! })));
    const startAt = clock() + HEAD_START;
    const boundaryMs = await nextBoundary(redisUrl, startAt);
    const trace = makeTrace({ seconds, seed, processes: SKEWS.length, boundaryMs });
    const answers = await Promise.all(
      children.map((child, i) =>
        tell(child, { startAt, trace: trace.filter(({ process }) => process === i) }),
      ),
    );
    return rows(
      trace,
      answers.flatMap(({ records }) => records ?? []),
    );
  } finally {
    for (const child of children) child.kill();
    await servers.stop({ discard: true });
  }
}

/** ms from the start to the next boundary between windows of the server's own clock. */
async function nextBoundary(url: string, startAt: number): Promise<number> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  const serverNow = (await client.time()).getTime();
  const inWindow = (serverNow + (startAt - clock())) % policy.windowMs;
  await client.disconnect();
  return policy.windowMs - inWindow;
}

/** Sends one message and waits for the answer to it. */
function tell(child: ChildProcess, what: Setting | Job): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`a process of the check ended with status ${code}`));
    child.once('exit', ended);
    child.once('error', reject);
    child.once('message', (answer: Answer) => {
      child.off('exit', ended).off('error', reject);
      if (answer.error === undefined) resolve(answer);
      else reject(new Error(answer.error));
    });
    child.send(what);
  });
}

function rows(trace: readonly Planned[], records: readonly Recorded[]): CheckRow[] {
  const verdicts = new Map<string, Verdict>();
  for (const caller of new Set(trace.map((one) => one.caller))) {
    verdicts.set(
      caller,
      judge(
        records.filter((one) => one.caller === caller),
        policy,
      ),
    );
  }
  const bound = SKEWS.length * unsettledMax(policy.limit);
  const ofPath = (path: string) => [...verdicts].filter(([caller]) => caller.startsWith(path));
  const most = (path: string) => Math.max(...ofPath(path).map(([, { over }]) => over));
  const under = ofPath('strict').reduce((sum, [, verdict]) => sum + verdict.under, 0);
  const steady = verdicts.get('strict-steady')!;
  const row = (what: string, value: number | string, wanted: string, ok: boolean): CheckRow => ({
    what,
    value: String(value),
    wanted,
    ok,
  });
  return [
    ...[...verdicts].map(([caller, { requests, admitted, over }]) =>
      row(
        `${caller}: ${requests} requests`,
        `${admitted} admitted, ${over} over`,
        caller.startsWith('strict') ? '0 over' : `at most ${bound} over`,
        over <= (caller.startsWith('strict') ? 0 : bound),
      ),
    ),
    row('over-admitted where Redis is asked', most('strict'), '0', most('strict') === 0),
    row(
      'over-admitted where the process counts',
      most('cheap'),
      `at most ${bound} (${SKEWS.length} processes × ${unsettledMax(policy.limit)})`,
      most('cheap') <= bound,
    ),
    row('refused without cause where Redis is asked', under, '0', under === 0),
    row(
      'who keeps to the limit is never refused',
      `${steady.requests - steady.admitted} of ${steady.requests}`,
      '0',
      steady.requests === steady.admitted,
    ),
    row(
      'every request of the trace was decided',
      `${records.length} of ${trace.length}`,
      'all',
      records.length === trace.length,
    ),
  ];
}

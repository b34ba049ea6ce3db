import { memoryOf, type Program } from '../lab/program';
import { type Visit, visit } from '../load/visitors';

export interface Step {
  readonly users: number;
  readonly visit: Visit;
  /** Largest RSS of a worker that was seen, MB. */
  readonly workerMb: number;
  /** Share of one core that the load generator took; near 1 it, not the application, is what is measured. */
  readonly generator: number;
}

/** After the last has come, s: everybody is somewhere in their reading. */
const SETTLE_S = 5;
const LOOK_EVERY_MS = 2_000;

/**
 * So many users for so many seconds; those in which they arrive do not count.
 *
 * @param arrivals users that come in a second
 */
export async function playStep(
  api: Program,
  next: (user: number) => string,
  users: number,
  { seconds, arrivals }: { readonly seconds: number; readonly arrivals: number },
): Promise<Step> {
  const arrival = Math.max(3, Math.ceil(users / arrivals));
  const stages = [
    { seconds: arrival, to: users },
    { seconds: SETTLE_S + seconds, to: users },
  ];
  let workerMb = 0;
  const look = () => {
    const workers = [...memoryOf(api.pid)].filter(([pid]) => pid !== api.pid);
    workerMb = Math.max(workerMb, ...workers.map(([, mb]) => mb));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  const before = process.cpuUsage();
  const began = performance.now();
  const result = await visit({ port: api.port, stages, next, fromS: arrival + SETTLE_S });
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  look();
  return { users, visit: result, workerMb, generator: (user + system) / 1_000 / (performance.now() - began) };
}

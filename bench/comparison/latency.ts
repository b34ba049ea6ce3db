import { atRate } from '../load/rate';
import { quantile } from '../report/numbers';
import type { Series } from '../report/charts';
import type { Case } from './cases';

export interface AtHalf {
  /** Requests a second that were offered, half of what bare Fastify can do. */
  readonly perS: number;
  /** ms, one for each round. */
  readonly p99: Readonly<Record<string, readonly number[]>>;
  readonly cdfs: readonly Series[];
  readonly failed: number;
}

const POINTS = [...Array.from({ length: 99 }, (_, i) => (i + 1) / 100), 0.995, 0.999];

/** The latencies of some cases at one fixed rate, in alternating rounds. */
export async function latencyAtRate(
  cases: readonly Case[],
  perS: number,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<AtHalf> {
  const p99: Record<string, number[]> = {};
  const last = new Map<string, Series>();
  let failed = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const { id, title, program, asks } of cases) {
      const rated = await atRate({ port: program.port, path: asks(0)[0]!.path, perS, seconds });
      (p99[id] ??= []).push(quantile(rated.latencies, 0.99));
      failed += rated.failed;
      const points = POINTS.map((share) => [quantile(rated.latencies, share), share * 100] as const);
      last.set(id, { name: title, points });
    }
  }
  return { perS, p99, cdfs: [...last.values()], failed };
}

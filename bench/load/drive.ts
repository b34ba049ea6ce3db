import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { which } from '../../scripts/lib/binaries.js';

export const CONNECTIONS = 50;
const TIMEOUT_S = 60;

/** A path, and the client's address where it has one of its own (X-Forwarded-For). */
export interface Ask {
  readonly path: string;
  readonly address?: string;
}

export interface Drive {
  readonly port: number;
  /** Asked in turn; each connection sends its next request when it has its answer. */
  readonly asks: readonly Ask[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly connections?: number;
}

export interface Driven {
  readonly perS: number;
  /** Latency: [percent, ms]. */
  readonly cdf: readonly (readonly [number, number])[];
  /** Requests without an answer, and answers of 400 and above. */
  readonly failed: number;
}

const program = (): string | undefined => which('wrk');
export const driverName = (): string =>
  program() ? 'wrk' : 'autocannon (wrk is not installed: apt-get install wrk)';

/** Some connections, fifty by default, as fast as answers come. */
export function drive(work: Drive): Promise<Driven> {
  const wrk = program();
  return wrk ? byWrk(wrk, work) : byAutocannon(work);
}

async function byWrk(
  wrk: string,
  { port, asks, headers = {}, seconds, connections = CONNECTIONS }: Drive,
): Promise<Driven> {
  const single = asks.length === 1 && asks[0]!.address === undefined;
  const file = join(tmpdir(), `prior-bench-${process.pid}.asks`);
  if (!single) writeFileSync(file, asks.map(({ path, address = '' }) => `${path}\t${address}\n`).join(''));
  const args = [
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', `${TIMEOUT_S}s`],
    ...['-s', join(__dirname, 'report.lua')],
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    `http://127.0.0.1:${port}${single ? asks[0]!.path : '/'}`,
    ...(single ? [] : ['--', file]),
  ];
  try {
    const { stdout } = await promisify(execFile)(wrk, args);
    const line = stdout.split('\n').find((one) => one.startsWith('RESULT '));
    if (!line) throw new Error(`wrk printed no result:\n${stdout}`);
    const result = JSON.parse(line.slice('RESULT '.length)) as {
      requests: number;
      us: number;
      failed: number;
      refused: number;
      cdf: [number, number][];
    };
    return {
      perS: (result.requests - result.refused) / (result.us / 1e6),
      cdf: result.cdf.map(([percent, us]) => [percent, us / 1_000]),
      failed: result.failed + result.refused,
    };
  } finally {
    rmSync(file, { force: true });
  }
}

async function byAutocannon({
  port,
  asks,
  headers = {},
  seconds,
  connections = CONNECTIONS,
}: Drive): Promise<Driven> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    timeout: TIMEOUT_S,
    requests: asks.map(({ path, address }) => ({
      path,
      headers: { ...headers, ...(address && { 'x-forwarded-for': address }) },
    })),
  });
  const { latency } = result;
  const percents = [1, 2.5, 10, 25, 50, 75, 90, 97.5, 99, 99.9] as const;
  const cdf = percents.map((percent): [number, number] => {
    const name = `p${String(percent).replace('.', '_')}` as keyof typeof latency;
    return [percent, latency[name] ?? 0];
  });
  return {
    perS: (result['2xx'] + result['3xx']) / result.duration,
    cdf,
    failed: result.errors + result.non2xx - result['3xx'],
  };
}

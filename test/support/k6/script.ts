import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(__dirname, '../../..');

export const SCRIPTS = ['load-test', 'smoke', 'steps', 'soak', 'spike', 'stress', 'mixed'] as const;

export interface Scenario {
  readonly executor: string;
  readonly exec?: string;
  readonly stages?: readonly unknown[];
}

export interface Options {
  readonly stages?: readonly { duration: string; target: number }[];
  readonly vus?: number;
  readonly iterations?: number;
  readonly duration?: string;
  readonly scenarios?: Readonly<Record<string, Scenario>>;
  readonly thresholds: Readonly<Record<string, readonly string[]>>;
}

/** What a script did. */
export interface Ran {
  readonly options: Options;
  readonly functions: readonly string[];
  /** What handleSummary returned: a text for each file, and for `stdout`. */
  readonly summary: Readonly<Record<string, string>>;
  readonly checks: readonly { name: string; ok: boolean }[];
  readonly requests: readonly {
    method: string;
    url: string;
    status: number;
    sent: Readonly<Record<string, string>>;
    tags: Readonly<Record<string, string>>;
    expected: boolean;
  }[];
  /** Seconds. */
  readonly sleeps: readonly number[];
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

/** Each run has users of its own: the limits of those of an earlier one may be used up. */
let users = 0;

/**
 * Loads a script of k6/ with stand-ins for k6's modules and runs every function of its scenarios.
 *
 * @param iterations of each function; 0 only loads it
 * @throws Error with what the script printed, when it fails
 */
export async function runScript(
  name: (typeof SCRIPTS)[number],
  env: Readonly<Record<string, string>> = {},
  iterations = 0,
): Promise<Ran> {
  users += 1_000;
  const runner = join(root, 'test/support/k6/run.mjs');
  const args = [
    runner,
    join(root, 'k6', `${name}.js`),
    JSON.stringify(env),
    String(iterations),
    String(users),
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, complaint, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (status !== 0) throw new Error(complaint);
  return JSON.parse(printed) as Ran;
}

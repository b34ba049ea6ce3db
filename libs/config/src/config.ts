import { z } from 'zod';
import { auth } from './groups/auth';
import { cache } from './groups/cache';
import { database } from './groups/database';
import { http } from './groups/http';
import { redis } from './groups/redis';
import { runtime } from './groups/runtime';
import { traffic } from './groups/traffic';
import type { ReportProblem } from './group';
import type { VariableMeta } from './variables';

const groups = { runtime, http, database, redis, cache, auth, traffic };

/** The whole environment as one schema: every group's variables side by side. */
const schema = z.object({
  ...runtime.variables,
  ...http.variables,
  ...database.variables,
  ...redis.variables,
  ...cache.variables,
  ...auth.variables,
  ...traffic.variables,
});

/** The configuration as the code sees it. Frozen: nobody changes it after the start. */
export type AppConfig = {
  readonly [K in keyof typeof groups]: Readonly<ReturnType<(typeof groups)[K]['build']>>;
};

/** One or more environment variables are missing or wrong; the message lists them all with their cures. */
export class ConfigError extends Error {
  /** Exit status for it: EX_CONFIG of sysexits(3). */
  static readonly exitCode = 78;

  constructor(readonly problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(
      `The configuration has ${count}:\n${problems.map((p) => `  - ${p}`).join('\n')}\nEvery variable is explained in .env.example.`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Reads the environment once, checks all of it, and returns one frozen object.
 *
 * @throws ConfigError that lists everything that is missing or wrong
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): AppConfig {
  const parsed = schema.safeParse(env);
  const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? [];
  const report: ReportProblem = (variable, message) => problems.push(`${variable} ${message}`);

  // Where a single variable is already wrong, rules over several would only repeat that in other words.
  const config = parsed.success ? build(parsed.data, report) : undefined;
  if (!config || problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

function build(values: z.output<typeof schema>, problem: ReportProblem): AppConfig {
  return {
    runtime: runtime.build(values, problem),
    http: http.build(values, problem),
    database: database.build(values, problem),
    redis: redis.build(values, problem),
    cache: cache.build(values, problem),
    auth: auth.build(values, problem),
    traffic: traffic.build(values, problem),
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}

/** Every variable with its documentation, in the order of the groups: for help texts, and to check .env.example. */
export function describeVariables(): { group: string; name: string; meta: VariableMeta }[] {
  return Object.entries(groups).flatMap(([group, { variables }]) =>
    Object.entries(variables).map(([name, type]) => ({ group, name, meta: type.meta() as VariableMeta })),
  );
}

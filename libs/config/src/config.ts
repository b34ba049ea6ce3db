import { z } from 'zod';
import { auth } from './groups/auth';
import { cache } from './groups/cache';
import { database } from './groups/database';
import { edge } from './groups/edge';
import { http } from './groups/http';
import { redis } from './groups/redis';
import { runtime } from './groups/runtime';
import { tracing } from './groups/tracing';
import { traffic } from './groups/traffic';
import type { Group, ReportProblem, Shape, Values } from './group';
import type { VariableMeta } from './variables';

const groups = { runtime, http, database, redis, cache, edge, auth, traffic, tracing };

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
  const problems: string[] = [];
  const config = {
    runtime: read(runtime, env, problems),
    http: read(http, env, problems),
    database: read(database, env, problems),
    redis: read(redis, env, problems),
    cache: read(cache, env, problems),
    edge: read(edge, env, problems),
    auth: read(auth, env, problems),
    traffic: read(traffic, env, problems),
    tracing: read(tracing, env, problems),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config as AppConfig);
}

/** Rules over several variables are asked when each of their group is right in itself: they would only repeat it. */
function read<S extends Shape, T>(group: Group<S, T>, env: object, problems: string[]): T | undefined {
  const parsed = z.object(group.variables).safeParse(env);
  if (parsed.success) {
    const report: ReportProblem = (variable, message) => problems.push(`${variable} ${message}`);
    return group.build(parsed.data as Values<S>, report);
  }
  problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  return undefined;
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { BinlogFollower } from '@prior/cache';
import { AdminRouter } from '@prior/http';
import { startApp, type TestApp, type TestAppOptions } from './app';
import { connect } from './stack';

/**
 * The promise of docs/outside-writers.md, ms, and as much again for a machine that runs whole suites at once. What
 * nobody announces stays in the caches for their lifetime (LIFETIME_S), which is far longer.
 */
export const WITHIN_MS = { following: 2 * 2_000, takeover: 2 * 5_000 };
const LIFETIME_S = '300';

type Json = Record<string, unknown>;

/** Several processes' worth of the API on one database, and a writer that knows none of them. */
export class OutsideWorld {
  private constructor(
    readonly apis: TestApp[],
    readonly db: Connection,
  ) {}

  /** @param env of each API */
  static async open(
    count: number,
    env: Readonly<Record<string, string>>,
    options: TestAppOptions = {},
  ): Promise<OutsideWorld> {
    const first = await start(env, options);
    const database = first.database;
    const rest = Array.from({ length: count - 1 }, () => start(env, { ...options, database }));
    return new OutsideWorld(
      [first, ...(await Promise.all(rest))],
      await connect(first.stack.primary, database),
    );
  }

  async close(): Promise<void> {
    await this.db.end().catch(() => undefined);
    for (const api of this.apis.toReversed()) await api.close();
  }

  /** A change on a connection of its own: the servers may have been restarted since the last. */
  async write(sql: string): Promise<void> {
    const [{ stack, database }] = this.apis as [TestApp];
    const db = await connect(stack.primary, database);
    await db.query(sql).finally(() => db.destroy());
  }

  async leave(api: TestApp): Promise<void> {
    this.apis.splice(this.apis.indexOf(api), 1);
    await api.close();
  }

  /** One more API on the same database. */
  async join(env: Readonly<Record<string, string>>): Promise<TestApp> {
    const [{ stack, database }] = this.apis as [TestApp];
    const api = await start(env, { stack, database });
    this.apis.push(api);
    return api;
  }

  /** What each API answers, twice: the second answers come from its caches. */
  async read(path: string): Promise<Json[]> {
    for (const api of this.apis) await api.inject({ method: 'GET', url: path });
    const replies = await Promise.all(this.apis.map((api) => api.inject({ method: 'GET', url: path })));
    return replies.map(({ statusCode, body }) => ({
      status: statusCode,
      ...(body === '' ? {} : (JSON.parse(body) as Json)),
    }));
  }

  /** Waits until every API answers so. @throws when one still does not after `withinMs` */
  async seen(path: string, expected: object, withinMs = WITHIN_MS.following): Promise<void> {
    const end = performance.now() + withinMs;
    for (;;) {
      const late = performance.now() > end;
      const answers = await this.read(path);
      try {
        for (const answer of answers) expect(answer).toMatchObject(expected);
        return;
      } catch (error) {
        if (late) throw error;
      }
      await sleep(50);
    }
  }

  /** Waits until one of them follows. @returns it */
  async leader(): Promise<TestApp> {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) {
      const found = this.apis.find((api) => follower(api).health.role === 'leader' && isFollowing(api));
      if (found) return found;
    }
    throw new Error(`nobody follows: ${JSON.stringify(this.apis.map((api) => follower(api).health))}`);
  }
}

export const follower = (api: TestApp): BinlogFollower => api.app.get(BinlogFollower);
const isFollowing = (api: TestApp) => (follower(api).health.lagMs ?? 0) > 0;

/** Sends a request to the admin port, without the port. */
export async function adminRequest(
  api: TestApp,
  method: string,
  path: string,
  body: unknown = '',
): Promise<{ status: number; type: string; body: Json }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await api.app
    .get(AdminRouter)
    .handle({ method, url: new URL(path, 'http://admin'), body: text });
  return { status: answer.status, type: answer.contentType, body: JSON.parse(answer.body) as Json };
}

const start = (env: Readonly<Record<string, string>>, options: TestAppOptions) =>
  startApp({ ...options, env: { CACHE_TTL_LIST_S: LIFETIME_S, CACHE_TTL_DETAIL_S: LIFETIME_S, ...env } });

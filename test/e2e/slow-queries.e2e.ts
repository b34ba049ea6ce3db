import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type TestApp } from '../support/app';

interface Line {
  readonly name: string;
  readonly server: string;
  readonly ms: number;
  readonly sql: string;
  readonly plan: Record<string, unknown>[];
}

/** What a customer types, and must not be found in a log. */
const TYPED = 'embarrassment';

describe('a slow statement', () => {
  const lines: Line[] = [];
  let api: TestApp;

  beforeAll(async () => {
    const nothing = () => undefined;
    const warn = (_text: string, fields: Line) => void (_text === 'A slow statement' && lines.push(fields));
    api = await startApp({
      env: { DB_SLOW_QUERY_MS: '15', PRIOR_TEST_QUERY_DELAY_MS: '20' },
      logger: { log: nothing, error: nothing, debug: nothing, verbose: nothing, warn },
    });
    await api.inject({ method: 'GET', url: `/api/products?q=${TYPED}` });
    await api.inject({ method: 'GET', url: `/api/products/${TYPED}` });
    for (const end = performance.now() + 20_000; lines.length === 0 && performance.now() < end;)
      await sleep(20);
  });
  afterAll(() => api?.close());

  it('is logged with its name, its server and the time it took', () => {
    expect(lines[0]).toMatchObject({
      name: expect.stringMatching(/^\w+\.\w+/),
      server: expect.stringMatching(/:\d+$/),
    });
    expect(lines[0]!.ms).toBeGreaterThanOrEqual(15);
  });

  it('has the server’s plan: a row for each table', () => {
    expect(lines[0]!.plan[0]).toEqual(
      expect.objectContaining({ id: 1, select_type: expect.any(String), table: expect.stringMatching(/./) }),
    );
  });

  it('shows no value, in the statement or in the plan', () => {
    expect(lines[0]!.sql).toContain('?');
    expect(JSON.stringify(lines)).not.toContain(TYPED);
  });

  it('is one in ten seconds: a slow database is not asked for plans all the time', () => {
    expect(lines).toHaveLength(1);
  });
});

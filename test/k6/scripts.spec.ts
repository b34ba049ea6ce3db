import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runScript, SCRIPTS } from '../support/k6/script';

jest.setTimeout(60_000);

it('knows every script', () => {
  const found = readdirSync(join(__dirname, '../../k6')).filter((name) => name.endsWith('.js'));
  expect(found.map((name) => name.slice(0, -3)).sort()).toEqual([...SCRIPTS].sort());
});

it('load-test.js is the test of the report, and its steps can be given on the command line', async () => {
  const { options } = await runScript('load-test');
  // `--vus` and `--duration` replace `stages`; `scenarios` they would not.
  expect(options).toEqual({
    stages: [
      { duration: '30s', target: 100 },
      { duration: '1m', target: 1000 },
      { duration: '30s', target: 0 },
    ],
    thresholds: { http_req_duration: ['p(95)<500'], http_req_failed: ['rate<0.01'] },
  });
});

it.each([
  ['500', ['p(95)<2000', 'avg<1000'], ['rate<0.01'], ['rate>150']],
  ['2000', ['p(95)<2000', 'avg<1000'], ['rate<0.01'], ['rate>150']],
  ['5000', ['p(95)<500', 'avg<200'], ['rate<0.001'], ['rate>300']],
  ['10000', ['p(95)<500', 'avg<200'], ['rate<0.001'], ['rate>500']],
])('%s users are judged by their week of table 8.2', async (USERS, duration, failed, requests) => {
  const { options } = await runScript('steps', { USERS });
  expect(options.vus).toBe(Number(USERS));
  expect(options.thresholds).toEqual({
    http_req_duration: duration,
    http_req_failed: failed,
    http_reqs: requests,
  });
});

it('a step can be judged by another week', async () => {
  const { options } = await runScript('steps', { USERS: '2000', WEEK: '3' });
  expect(options.thresholds['http_req_duration']).toEqual(['p(95)<500', 'avg<200']);
});

it.each([
  ['steps', { USERS: 'many' }, 'USERS must be a whole number above 0'],
  ['steps', { USERS: '20000' }, 'The report has no criteria for 20000 users'],
  ['steps', { WEEK: '4' }, 'WEEK must be one of 1, 2, 3'],
] as const)('%s says what is wrong with %j', async (name, env, message) => {
  await expect(runScript(name, env)).rejects.toThrow(message);
});

it.each(SCRIPTS)('%s has thresholds, and leaves its results as text, JSON and HTML', async (name) => {
  const { options, summary } = await runScript(name, { SUMMARY_DIR: 'results' });
  expect(Object.values(options.thresholds).flat().length).toBeGreaterThan(1);
  const [printed, json, html] = ['stdout', '.json', '.html'].map(
    (end) => Object.entries(summary).find(([file]) => file.endsWith(end))?.[1],
  );
  expect(Object.keys(summary).filter((file) => file.startsWith('results/k6-summary-'))).toHaveLength(2);
  expect(JSON.parse(json ?? '')).toHaveProperty('metrics.http_req_duration.values.avg', 12.34);
  expect(html).toContain('avg=12.3 ms');
  expect(printed).toContain('rate=5.14 %');
  for (const [i, rule] of (options.thresholds['http_req_duration'] ?? []).entries()) {
    expect(printed).toContain(`${i === 0 ? '✓' : '✗'} http_req_duration ${rule}`);
    expect(html).toContain(i === 0 ? '<tr class="ok">' : '<tr class="bad">');
  }
});

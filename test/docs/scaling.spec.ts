import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const text = readFileSync(join(root, 'docs/scaling.md'), 'utf8');

/** The assumptions, as the page states them. */
const PER_USER = 0.39;
const EDGE = 0.85;
const PER_POD = 1_300;
const OUTBOX_READS = 5;

const config = readFileSync(join(root, 'deploy/kubernetes/base/config.env'), 'utf8');
const pool = Number(/^DB_POOL_SIZE=(\d+)$/m.exec(config)?.[1]);
const production = readFileSync(join(root, 'deploy/kubernetes/rendered/production.yaml'), 'utf8');
const minPods = Number(/minReplicas: (\d+)/.exec(production)?.[1]);

const rows = [...text.matchAll(/^\| ([\d,]+) \| (.+) \|$/gm)].map(([, users, rest]) =>
  [users, ...(rest ?? '').split(' | ')].map((cell) => Number(cell?.replaceAll(',', ''))),
);

it('the arithmetic of docs/scaling.md is right, with the settings of the manifests', () => {
  expect(text).toContain(`\`DB_POOL_SIZE=${pool}\``);
  expect(rows.map(([users]) => users)).toEqual([10_000, 50_000, 100_000, 250_000, 1_000_000]);
  const pods = (requests: number) => Math.max(minPods, Math.ceil(requests / PER_POD));
  const connections = (count: number) => Math.ceil(count * 1.25) * pool;
  for (const [users = 0, ...cells] of rows) {
    const requests = Math.round(users * PER_USER);
    const origin = Math.round(requests * (1 - EDGE));
    const [all, behind] = [pods(requests), pods(origin)];
    expect(cells).toEqual([
      requests,
      all,
      connections(all),
      origin,
      behind,
      connections(behind),
      behind * OUTBOX_READS,
    ]);
  }
});

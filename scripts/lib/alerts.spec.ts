import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(__dirname, '../..');
const read = (name: string) => readFileSync(resolve(root, name), 'utf8');

interface Rules {
  groups: { rules: Rule[] }[];
}
interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: { severity?: string };
  annotations?: { summary?: string; description?: string; runbook_url?: string };
}
interface Tests {
  tests: { name: string; promql_expr_test?: { expr: string; exp_samples: unknown[] }[] }[];
}

const rulesOf = (name: string) =>
  (parse(read(`deploy/prometheus/${name}.yml`)) as Rules).groups.flatMap(({ rules }) => rules);
const alerts = rulesOf('alerts');
const recorded = rulesOf('recording').map(({ record }) => record);
const pageOf = ({ annotations }: Rule) =>
  /^\{\{ \$externalLabels\.runbooks \}\}\/([\w-]+\.md)$/.exec(annotations?.runbook_url ?? '')?.[1];
const pages = readdirSync(resolve(root, 'docs/runbook')).filter((name) => name !== 'README.md');

it('every alert says what it is, how urgent, and has a page of the runbook that names it', () => {
  for (const rule of alerts) {
    const { alert, labels, annotations } = rule;
    expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
    expect([alert, annotations?.summary]).toEqual([alert, expect.any(String)]);
    expect([alert, annotations?.description]).toEqual([alert, expect.any(String)]);
    const page = pageOf(rule) ?? 'none';
    expect([alert, page, pages.includes(page)]).toEqual([alert, page, true]);
    expect(read(`docs/runbook/${page}`)).toContain(`\`${alert}\``);
    expect(read('docs/runbook/README.md')).toContain(`\`${alert}\``);
  }
});

it('every page of the runbook belongs to an alert or to a drill', () => {
  const used = alerts.map(pageOf);
  const idle = pages.filter(
    (page) => !used.includes(page) && !read(`docs/runbook/${page}`).includes('npm run drill -- '),
  );
  expect(idle).toEqual([]);
});

it('no page names an alert that is gone, or links to a page that is not there', () => {
  const known = alerts.map(({ alert }) => alert);
  for (const page of [...pages, 'README.md']) {
    const text = read(`docs/runbook/${page}`);
    const named = [...text.matchAll(/`((?:Prior|Mysql)[A-Z]\w+)`/g)].map(([, name]) => name);
    expect([page, named.filter((name) => !known.includes(name))]).toEqual([page, []]);
    const links = [...text.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, to]) => to ?? '');
    const dead = links.filter((to) => !existsSync(resolve(root, 'docs/runbook', to)));
    expect([page, dead]).toEqual([page, []]);
  }
});

it('every redis-cli of the runbook is told where Redis is, and its password', () => {
  for (const page of pages) {
    const bare = read(`docs/runbook/${page}`).match(/^.*redis-cli (?!-u "\$REDIS_URL" ).*$/gm);
    expect([page, bare]).toEqual([page, null]);
  }
});

it('every alert is tried with measurements with which it fires, and such with which it does not', () => {
  const tests = readdirSync(resolve(root, 'deploy/prometheus/tests')).flatMap(
    (name) => (parse(read(`deploy/prometheus/tests/${name}`)) as Tests).tests,
  );
  for (const { alert } of alerts) {
    const tried = tests
      .filter(({ name }) => name === alert)
      .flatMap((test) => test.promql_expr_test ?? [])
      .filter(({ expr }) => expr.includes(`alertname="${alert}",alertstate="firing"`));
    expect([alert, tried.some((one) => one.exp_samples.length > 0)]).toEqual([alert, true]);
    expect([alert, tried.some((one) => one.exp_samples.length === 0)]).toEqual([alert, true]);
  }
});

it('alerts and dashboards use no recorded series that nobody records', () => {
  const dashboards = readdirSync(resolve(root, 'deploy/grafana/dashboards'))
    .map((name) => read(`deploy/grafana/dashboards/${name}`))
    .join('\n');
  const used = `${dashboards}\n${alerts.map(({ expr }) => expr).join('\n')}`;
  const names = [...used.matchAll(/\b(?:job|instance):\w+:\w+/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => !recorded.includes(name))).toEqual([]);
});

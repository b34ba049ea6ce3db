import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(__dirname, '../../..');

/** An expression and who uses it. */
export interface Expression {
  readonly where: string;
  readonly expr: string;
}

interface Dashboard {
  readonly title: string;
  readonly panels: { readonly title: string; readonly targets?: { readonly expr: string }[] }[];
}
interface Rules {
  readonly groups: { readonly rules: { readonly alert?: string; readonly expr: string }[] }[];
}

/** What the panels ask, with everything chosen. @param interval stands for what Grafana makes of its step */
export function panelExpressions(interval: string): Expression[] {
  const folder = join(root, 'deploy/grafana/dashboards');
  const dashboards = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard,
  );
  return dashboards.flatMap(({ title: dashboard, panels }) =>
    panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({
        where: `${dashboard} / ${title}`,
        expr: expr.replaceAll('$__rate_interval', interval).replaceAll(/\$(job|instance)\b/g, '.*'),
      })),
    ),
  );
}

/** What the alerts measure: everything that they compare with a number, without the comparison. */
export function alertMeasurements(): Expression[] {
  const { groups } = parse(readFileSync(join(root, 'deploy/prometheus/alerts.yml'), 'utf8')) as Rules;
  return groups
    .flatMap(({ rules }) => rules)
    .flatMap(({ alert = '', expr }) =>
      expr.split(/\s(?:and|or)\s(?:on \(\w+\) )?/).map((part) => ({ where: alert, expr: measured(part) })),
    );
}

function measured(part: string): string {
  const [left, right] = part.split(/ (?:>|<|==) /);
  if (left === undefined || right === undefined) throw new Error(`"${part}" compares nothing`);
  const open = left.split('(').length - left.split(')').length;
  return left.trim().slice(Math.max(0, open));
}

export interface Command {
  readonly page: string;
  readonly kind: string;
  readonly text: string;
}

/** The blocks of the runbook that can be run as they stand: `sh`, `promql`, `sql`, `sql replica`. */
export function runbookCommands(): Command[] {
  const folder = join(root, 'docs/runbook');
  return readdirSync(folder).flatMap((page) =>
    [
      ...readFileSync(join(folder, page), 'utf8').matchAll(/^```(sh|promql|sql(?: replica)?)\n(.*?)^```/gms),
    ].map(([, kind = '', text = '']) => ({ page, kind, text })),
  );
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import './metrics';
import { registry } from './registry';

/** A metric as prom-client holds it. */
interface Known {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
  readonly aggregator: string;
}

const text = readFileSync(resolve(__dirname, '../../../docs/metrics.md'), 'utf8');

/** The table's rows, one for each name. */
const documented = text
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, name]) => name?.startsWith('`prior_'))
  .flatMap(([, names = '', type = '', labels = '', merged = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => ({
      name,
      type: type.split(' ')[0],
      labels: labels.split(', ').filter(Boolean),
      merged,
    })),
  )
  .sort(byName);

function byName(a: { name?: string }, b: { name?: string }): number {
  return (a.name ?? '') < (b.name ?? '') ? -1 : 1;
}

it('docs/metrics.md lists every metric with its type, its labels and how workers are merged, and no other', () => {
  const known = (registry.getMetricsAsArray() as unknown as Known[])
    .map(({ name, type, labelNames, aggregator }) => ({
      name,
      type,
      // A histogram also has `le`, which nobody sets by hand.
      labels: labelNames.filter((label) => label !== 'le'),
      merged: aggregator,
    }))
    .sort(byName);
  expect(documented).toEqual(known);
});

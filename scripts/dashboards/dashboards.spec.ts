import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, FOLDER, textOf } from './index.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: { readonly expr: string; readonly datasource: unknown }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}
interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: { readonly name: string }[] };
  readonly panels: Panel[];
}

const all = Object.entries(dashboards as Record<string, Dashboard>);
const panelsOf = ({ panels }: Dashboard) => panels.filter(({ type }) => type !== 'row');

it('the files are what their source says; `npm run dashboards` writes them', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(all.map(([name]) => name).sort());
  for (const [name, dashboard] of all)
    expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(textOf(dashboard));
});

it('each has an address of its own', () => {
  expect(new Set(all.map(([, { uid }]) => uid)).size).toBe(all.length);
});

describe.each(all)('%s', (_name, dashboard) => {
  it('says of every panel what it means, in which unit, from the chosen data source', () => {
    for (const { title, type, description, fieldConfig, targets } of panelsOf(dashboard)) {
      expect([title, description]).toEqual([title, expect.stringMatching(/\w.*\.$/s)]);
      if (type === 'alertlist') continue;
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.stringMatching(/\w/)]);
      expect(targets?.length).toBeGreaterThan(0);
      for (const target of targets ?? [])
        expect(target.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
  });

  it('uses no variable that it does not have', () => {
    const known = [...dashboard.templating.list.map(({ name }) => name), '__rate_interval'];
    const used = panelsOf(dashboard).flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => [...expr.matchAll(/\$([a-z_]+)/g)].map(([, name]) => name)),
    );
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  it('has no panel upon another, nor beyond the edge', () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([title, cells.has(`${x}/${y}`)]).toEqual([title, false]);
          cells.add(`${x}/${y}`);
        }
      }
    }
  });
});

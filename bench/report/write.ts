import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lab/lab';
import { escape } from './escape';
import { inWords, type Surroundings } from './surroundings';
import { htmlTable, markdownTable, type Table } from './table';

export interface Section {
  readonly title: string;
  /** Plain text above. */
  readonly text?: string;
  readonly tables?: readonly Table[];
  /** Charts, above the tables. */
  readonly charts?: readonly string[];
}

export interface Report {
  readonly name: string;
  readonly title: string;
  readonly surroundings: Surroundings;
  readonly sections: readonly Section[];
  /** Everything that was measured. */
  readonly data: object;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667; --line: #d9dde5; --paper: #fff; --ours: #1769c2; --other: #b5bdca }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #99a; --line: #343b47; --paper: #14181f; --ours: #5aa2ee; --other: #566070 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 900px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 } th, td { text-align: right; padding: .2rem .7rem; border-bottom: 1px solid var(--line) }
th:first-child, td:first-child { text-align: left } .missed { color: #c2410c; font-weight: 600 } p { color: var(--soft) } svg { max-width: 100%; height: auto; display: block; margin: .5rem 0 }
text { font: 12px system-ui, sans-serif; fill: var(--ink) } .tick { fill: var(--soft); font-size: 11px } .ours { fill: var(--ours) } .other { fill: var(--other) }
.spread, .round { stroke: var(--ink); fill: var(--ink); opacity: .55 } .grid { stroke: var(--line) } .line { fill: none; stroke-width: 2 }
.s0 { stroke: #1769c2 } .s1 { stroke: #d9822b } .s2 { stroke: #2e9e6b } .s3 { stroke: #b0408f } .s4 { stroke: #7a6cd8 } .s5 { stroke: #8a8f98 }`;

/**
 * Writes bench/results/<name>.json (everything), .html (the page, which needs nothing from elsewhere) and .md (its tables).
 * @returns the path of the page
 */
export function writeReport({ name, title, surroundings, sections, data }: Report): string {
  const folder = join(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  writeFileSync(file('json'), `${JSON.stringify({ surroundings, ...data }, null, 1)}\n`);
  writeFileSync(file('md'), `${[inWords(surroundings), ...sections.flatMap(markdown)].join('\n\n')}\n`);
  writeFileSync(
    file('html'),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style>
<h1>${escape(title)}</h1><p>${escape(inWords(surroundings))}</p>${sections.map(html).join('\n')}</html>\n`,
  );
  return file('html');
}

const markdown = ({ title, text, tables = [] }: Section): string[] =>
  tables.length === 0 ? [] : [`### ${title}`, ...(text ? [text] : []), ...tables.map(markdownTable)];

const html = ({ title, text, tables = [], charts = [] }: Section): string =>
  `<h2>${escape(title)}</h2>${text ? `<p>${escape(text)}</p>` : ''}${[...charts, ...tables.map(htmlTable)].join('\n')}`;

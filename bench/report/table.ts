import { escape } from './escape';

/** Rows of cells, the head first. */
export type Table = readonly (readonly string[])[];

/** For a terminal: columns aligned, the first to the left, the others to the right. */
export function textTable(table: Table): string {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

export const markdownTable = ([head, ...rows]: Table): string =>
  [head!, head!.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

export function htmlTable([head, ...rows]: Table): string {
  const line = (row: readonly string[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}${cell === 'MISSED' ? ' class="missed"' : ''}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${line(head!, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}

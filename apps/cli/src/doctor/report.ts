import type { Finding, Status } from './check';

export const WIDTH = 120;
const CHECK = 36;
const VALUE = 42;
const STATUS = 8;
const TARGET = WIDTH - STATUS - CHECK - VALUE - 2;

export type Counts = Readonly<Record<Status, number>>;

export function countsOf(findings: readonly Finding[]): Counts {
  const counts = { pass: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}

/** 0 without a fail, 1 with one. */
export const exitStatusOf = (findings: readonly Finding[]): number => (countsOf(findings).fail > 0 ? 1 : 0);

export const asJson = (findings: readonly Finding[]): string =>
  JSON.stringify({ counts: countsOf(findings), findings }, null, 2);

/** A table of at most 120 columns; the cure stands below its line. */
export function asTable(findings: readonly Finding[]): string {
  const lines: string[] = [row('', 'CHECK', 'VALUE', 'TARGET')];
  let heading = '';
  for (const finding of findings) {
    const { group, on, status, check, value, target, cure } = finding;
    const here = on === '' ? group : `${group}, ${on}`;
    if (here !== heading) lines.push('', here.slice(0, WIDTH));
    heading = here;
    const cells = [wrap(check, CHECK - 1), wrap(value, VALUE - 1), wrap(target, TARGET)];
    for (let i = 0; i < Math.max(...cells.map((cell) => cell.length)); i += 1) {
      const [first = '', second = '', third = ''] = cells.map((cell) => cell[i] ?? '');
      lines.push(row(i === 0 ? status : '', first, second, third));
    }
    if (cure !== null) {
      wrap(cure, WIDTH - STATUS - 4).forEach((line, i) =>
        lines.push(`${' '.repeat(STATUS + 2)}${i === 0 ? '> ' : '  '}${line}`),
      );
    }
  }
  const { pass, warn, fail, skipped } = countsOf(findings);
  lines.push('', `${pass} pass, ${warn} warn, ${fail} fail, ${skipped} skipped`);
  return lines.join('\n');
}

const row = (status: string, check: string, value: string, target: string): string =>
  `${status.padEnd(STATUS)}${check.padEnd(CHECK)}${value.padEnd(VALUE)}${target}`.trimEnd();

/** Lines of at most `width` letters, broken between words where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text.trim();
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 3 ? space : width;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

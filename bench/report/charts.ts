import { digits } from './numbers';
import { escape } from './escape';

const WIDTH = 860;
const BAR = { height: 26, left: 300, right: 90 };
const PLOT = { height: 320, left: 64, right: 240, top: 12, bottom: 40 };

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** All rounds: drawn as dots, their ends as a line. */
  readonly rounds: readonly number[];
  readonly ours?: boolean;
}

/** Horizontal bars from 0, longest first or as they come, with what every round measured. */
export function barChart(bars: readonly Bar[], unit: string): string {
  const most = Math.max(...bars.flatMap(({ value, rounds }) => [value, ...rounds]));
  const x = (value: number) => BAR.left + (value / most) * (WIDTH - BAR.left - BAR.right);
  const rows = bars.map(({ name, value, rounds, ours }, i) => {
    const y = i * BAR.height + 4;
    const middle = y + 9;
    const [low, high] = [Math.min(...rounds), Math.max(...rounds)];
    return `<text class="name" x="${BAR.left - 8}" y="${middle + 4}" text-anchor="end">${escape(name)}</text>
      <rect class="${ours ? 'ours' : 'other'}" x="${BAR.left}" y="${y}" width="${(x(value) - BAR.left).toFixed(1)}" height="18" rx="2"/>
      <line class="spread" x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${middle}" y2="${middle}"/>
      ${rounds.map((one) => `<circle class="round" cx="${x(one).toFixed(1)}" cy="${middle}" r="2"/>`).join('')}
      <text x="${(x(Math.max(value, high)) + 8).toFixed(1)}" y="${middle + 4}">${digits(value)} ${escape(unit)}</text>`;
  });
  return svg(bars.length * BAR.height + 8, rows.join('\n'));
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
}

/** Lines over a common pair of axes, each named at its end. */
export function lineChart(series: readonly Series[], axes: Axes): string {
  const all = series.flatMap(({ points }) => points);
  const across = scale(
    all.map(([x]) => x),
    axes.logX,
    PLOT.left,
    WIDTH - PLOT.right,
  );
  const up = scale(
    all.map(([, y]) => y),
    axes.logY,
    PLOT.height - PLOT.bottom,
    PLOT.top,
  );
  const lines = series.map(({ name, points }, i) => {
    const path = points.map(([x, y]) => `${across.at(x).toFixed(1)},${up.at(y).toFixed(1)}`).join(' ');
    const legend = PLOT.top + 14 + i * 18;
    return `<polyline class="line s${i % 6}" points="${path}"/>
      <line class="line s${i % 6}" x1="${WIDTH - PLOT.right + 12}" x2="${WIDTH - PLOT.right + 32}" y1="${legend - 4}" y2="${legend - 4}"/>
      <text x="${WIDTH - PLOT.right + 38}" y="${legend}">${escape(name)}</text>`;
  });
  const bottom = PLOT.height - PLOT.bottom;
  const grid = [
    ...across.ticks.map(
      (tick) =>
        `<text class="tick" x="${across.at(tick).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${digits(tick)}</text>`,
    ),
    ...up.ticks.map(
      (tick) =>
        `<line class="grid" x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${up.at(tick).toFixed(1)}" y2="${up.at(tick).toFixed(1)}"/>
         <text class="tick" x="${PLOT.left - 6}" y="${(up.at(tick) + 4).toFixed(1)}" text-anchor="end">${digits(tick)}</text>`,
    ),
    `<text x="${(PLOT.left + WIDTH - PLOT.right) / 2}" y="${PLOT.height - 6}" text-anchor="middle">${escape(axes.x)}</text>`,
    `<text x="14" y="${bottom / 2}" text-anchor="middle" transform="rotate(-90 14 ${bottom / 2})">${escape(axes.y)}</text>`,
  ];
  return svg(PLOT.height, [...grid, ...lines].join('\n'));
}

const SMALLEST = 0.01;

function scale(values: readonly number[], log = false, from: number, to: number) {
  const most = Math.max(...values, log ? SMALLEST * 10 : 1e-9);
  if (!log) {
    const step = niceStep(most / 5);
    const top = Math.ceil(most / step) * step;
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
    return { ticks, at: (value: number) => from + (value / top) * (to - from) };
  }
  const least = Math.max(SMALLEST, Math.min(...values));
  const low = Math.floor(Math.log10(least));
  const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const at = (value: number) =>
    from + ((Math.log10(Math.max(value, least)) - low) / (high - low)) * (to - from);
  return { ticks, at };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  const factor = [1, 2, 5, 10].find((one) => one * power >= about) ?? 10;
  return factor * power;
}

const svg = (height: number, inside: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img">${inside}</svg>`;

/** The page's drawings: small SVG charts and bars, made node by node, so that no text is ever read as markup. */

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 300;
const HEIGHT = 56;

/** An element with attributes and children; texts become text nodes. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function svg(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** Lines over the same time, from 0 to `top`; a value that is undefined leaves a gap. */
export function lineChart(lines, top, slots, description) {
  const chart = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': description,
  });
  const y = (value) => (HEIGHT - 2 - (value / top) * (HEIGHT - 6)).toFixed(1);
  for (const share of [0, 0.5, 1])
    chart.append(svg('line', { x1: 0, x2: WIDTH, y1: y(share * top), y2: y(share * top), class: 'grid' }));
  lines.forEach((values, index) => {
    const first = slots - values.length;
    const x = (i) => (((first + i) / (slots - 1)) * WIDTH).toFixed(1);
    const runs = runsOf(values);
    for (const run of runs) {
      const path = run.map((i, n) => `${n ? 'L' : 'M'}${x(i)} ${y(values[i])}`).join('');
      if (index === 0 && run.length > 1)
        chart.append(
          svg('path', { d: `${path}L${x(run.at(-1))} ${HEIGHT}L${x(run[0])} ${HEIGHT}Z`, class: 'area' }),
        );
      // A single measurement is a dot: a stroke without length, with round ends.
      chart.append(svg('path', { d: run.length > 1 ? path : `${path}h0`, class: `line line-${index}` }));
    }
  });
  return chart;
}

/** Indices of neighbouring values that are there. */
function runsOf(values) {
  const runs = [];
  let run;
  values.forEach((value, i) => {
    if (value === undefined) run = undefined;
    else if (run) run.push(i);
    else runs.push((run = [i]));
  });
  return runs;
}

/** A labelled bar, filled by a share (0 to 1). */
export function bar(name, share, text, tone) {
  const meter = svg('svg', { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  meter.append(svg('rect', { width: 100, height: 8, class: 'track' }));
  meter.append(svg('rect', { width: Math.min(100, share * 100), height: 8, class: `fill ${tone}` }));
  return element(
    'div',
    { class: 'part' },
    element('span', {}, name),
    meter,
    element('span', { class: 'number' }, text),
  );
}

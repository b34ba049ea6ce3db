import { CARDS, LOOKUPS, lookups, duration, percent, perSecond, REQUESTS, share } from './cards.js';
import { bar, element, lineChart } from './charts.js';
import { growths, parse, quantile, seriesOf, sum } from './metrics.js';
import { topology } from './topology.js';

const EVERY_MS = 2_000;
const PATIENCE_MS = 5_000;
/** Measurements that a chart shows: a minute's at first, so that there is something to see, and up to five. */
const FEWEST = 30;
const MOST = 150;
const ROUTES = 8;
const BREAKER_STATES = ['closed', 'half open', 'open'];

const $ = (id) => document.getElementById(id);
const history = new Map();
let last;
let paused = false;

/** One card for each chart; they stay, only what is in them changes. */
const cards = CARDS.map((card) => {
  const chart = element('div', { class: 'chart' });
  const values = element('dl', {});
  const fields = card.lines.map(([name], index) => {
    const value = element('dd', { 'data-value': `${card.id}.${index}` }, '–');
    values.append(element('div', { class: `value value-${index}` }, element('dt', {}, name), value));
    return value;
  });
  $('cards').append(
    element(
      'section',
      { 'aria-labelledby': `${card.id}-title` },
      element('h2', { id: `${card.id}-title` }, card.title),
      values,
      chart,
    ),
  );
  return { ...card, chart, fields };
});

function drawCards(before, after) {
  for (const { id, title, lines, chart, fields } of cards) {
    const described = lines.map(([name, compute, write], index) => {
      const key = `${id}.${index}`;
      const values = history.get(key) ?? [];
      const value = compute(before, after);
      values.push(Number.isFinite(value) ? value : undefined);
      if (values.length > MOST) values.shift();
      history.set(key, values);
      const text = values.at(-1) === undefined ? '–' : write(values.at(-1));
      fields[index].textContent = text;
      const there = values.filter((one) => one !== undefined);
      const most = there.length > 0 ? `, at most ${write(Math.max(...there))}` : '';
      return `${name} now ${text}${most}`;
    });
    const drawn = lines.map((_, index) => history.get(`${id}.${index}`));
    const most = Math.max(...drawn.flat().filter((value) => value !== undefined), 0);
    const top = element('span', { class: 'top', 'aria-hidden': 'true' }, most > 0 ? lines[0][2](most) : '');
    chart.replaceChildren(
      lineChart(drawn, most || 1, Math.max(FEWEST, drawn[0].length), `${title}: ${described.join('; ')}`),
      top,
    );
  }
}

function drawHits(before, after) {
  const rates = LOOKUPS.map(([, tier, result]) => lookups(before, after, tier, result));
  const all = rates.reduce((total, one) => total + one, 0);
  const bars = LOOKUPS.map(([name, , , tone], i) => {
    const part = share(rates[i], all);
    return bar(name, part ?? 0, part === undefined ? '–' : percent(part), tone);
  });
  $('hits').replaceChildren(...bars);
}

function drawPools(after) {
  const limits = seriesOf(after, 'prior_db_pool_connections', { state: 'limit' });
  const bars = limits.map(({ labels: { role, server }, value: limit }) => {
    const of = (state) => sum(after, 'prior_db_pool_connections', { role, server, state }) ?? 0;
    const [used, waiting] = [of('used'), of('waiting')];
    const text = `${used} of ${limit}${waiting > 0 ? `, ${waiting} wait` : ''}`;
    const tone = waiting > 0 ? 'bad' : used / limit > 0.9 ? 'fair' : 'good';
    return bar(`${role} ${server}`, used / limit, text, tone);
  });
  $('pools').replaceChildren(...(bars.length > 0 ? bars : ['No pool yet.']));
}

function drawBreakers(after) {
  const chips = seriesOf(after, 'prior_breaker_state').map(({ labels: { name }, value }) => {
    const tone = ['good', 'fair', 'bad'][value] ?? 'bad';
    return element('li', { class: tone, 'data-breaker': name }, `${name}: ${BREAKER_STATES[value] ?? value}`);
  });
  $('breakers').replaceChildren(...(chips.length > 0 ? chips : [element('li', {}, 'none')]));
}

function drawRoutes(before, after) {
  const seconds = (after.at - before.at) / 1000;
  const byRoute = new Map();
  for (const { labels, grown } of growths(before, after, `${REQUESTS}_count`)) {
    const key = `${labels.method} ${labels.route}`;
    const one = byRoute.get(key) ?? { labels, all: 0, failed: 0 };
    one.all += grown;
    if (labels.status.startsWith('5')) one.failed += grown;
    byRoute.set(key, one);
  }
  const busiest = [...byRoute].filter(([, { all }]) => all > 0).sort(([, a], [, b]) => b.all - a.all);
  const rows = busiest.slice(0, ROUTES).map(
    ([
      key,
      {
        labels: { method, route },
        all,
        failed,
      },
    ]) => {
      const p95 = quantile(before, after, REQUESTS, 0.95, { method, route });
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, key),
        element('td', {}, perSecond(all / seconds)),
        element('td', {}, p95 === undefined ? '–' : duration(p95)),
        element('td', {}, perSecond(failed / seconds)),
      );
    },
  );
  const none = element('tr', {}, element('td', { colspan: '4' }, 'No requests since the last measurement.'));
  $('routes').replaceChildren(...(rows.length > 0 ? rows : [none]));
}

/** Screen readers hear the state when it changes, not every two seconds. */
function say(text, tone) {
  const state = $('state');
  if (state.textContent !== text) state.textContent = text;
  state.className = tone;
}

async function read() {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const [metrics, health] = await Promise.all([
    fetch('/metrics', { signal, headers: { accept: 'text/plain' } }),
    fetch('/health/ready', { signal }),
  ]);
  if (!metrics.ok) throw new Error(`/metrics answered ${metrics.status}`);
  const { status, details = {} } = await health.json();
  return { families: parse(await metrics.text()), at: performance.now(), status, parts: details };
}

/** While a worker starts, ends or does not answer, sums are over different processes: no rate follows from them. */
const comparable = (before, after) => sum(before, 'prior_processes') === sum(after, 'prior_processes');

const SAYINGS = { ok: ['Serving', 'good'], degraded: ['Serving, with something down', 'fair'] };

async function update() {
  try {
    const now = await read();
    const [text, tone] = SAYINGS[now.status] ?? [`Not ready: ${now.status}`, 'bad'];
    say(text, tone);
    const workers = sum(now, 'prior_processes');
    $('workers').textContent = workers === undefined ? '' : `${workers} worker${workers === 1 ? '' : 's'}`;
    $('updated').textContent = new Date().toLocaleTimeString();
    $('topology').replaceChildren(...topology(now));
    drawPools(now);
    drawBreakers(now);
    if (last && comparable(last, now)) {
      drawCards(last, now);
      drawHits(last, now);
      drawRoutes(last, now);
    }
    last = now;
  } catch {
    say('The admin port does not answer; what is shown is old', 'bad');
  }
}

$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
});

/** The next one begins after the last one has ended: a slow server is not asked twice at once. */
async function run() {
  if (!paused && !document.hidden) await update();
  setTimeout(run, EVERY_MS);
}
void run();

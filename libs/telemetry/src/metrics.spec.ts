import { CounterFamily } from './counter';
import { GaugeFamily } from './gauge';
import { HistogramFamily } from './histogram';
import { metrics } from './metrics';
import { watchRuntime } from './metrics/runtime';
import {
  mergeMetrics,
  metricsSnapshot,
  renderMetrics,
  renderOpenMetrics,
  wantsOpenMetrics,
} from './registry';

describe('metric families', () => {
  it('count in plain cells that a scrape reads, twice the same', async () => {
    const family = new CounterFamily('prior_test_total', 'test', ['kind']);
    const cell = family.cell('a');
    cell.n += 2;
    family.inc('a');
    family.inc('b');
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const text = await renderMetrics();
      expect(text).toContain('prior_test_total{kind="a"} 3');
      expect(text).toContain('prior_test_total{kind="b"} 1');
    }
  });

  it('show a counter without labels at 0 before anything happened', async () => {
    expect(await renderMetrics()).toContain('prior_cache_invalidations_total 0');
  });

  it('bound the number of series however many labels are invented', async () => {
    const family = new CounterFamily('prior_test_bounded_total', 'test', ['kind'], 10);
    for (let i = 0; i < 1000; i += 1) family.inc(`k${i}`);
    const lines = (await renderMetrics())
      .split('\n')
      .filter((line) => line.startsWith('prior_test_bounded_total{'));
    expect(lines).toHaveLength(11);
    expect(lines).toContain('prior_test_bounded_total{kind="other"} 990');
  });

  it('write cumulative buckets', async () => {
    const family = new HistogramFamily('prior_test_seconds', 'test', ['route'], [0.1, 1]);
    const series = family.series('/a');
    for (const seconds of [0.05, 0.1, 0.5, 3]) series.observe(seconds);
    const text = await renderMetrics();
    expect(text).toContain('prior_test_seconds_bucket{le="0.1",route="/a"} 2');
    expect(text).toContain('prior_test_seconds_bucket{le="1",route="/a"} 3');
    expect(text).toContain('prior_test_seconds_bucket{le="+Inf",route="/a"} 4');
    expect(text).toContain('prior_test_seconds_sum{route="/a"} 3.65');
    expect(text).toContain('prior_test_seconds_count{route="/a"} 4');
  });

  it('ask gauges when scraped, until the source is gone', async () => {
    const family = new GaugeFamily('prior_test_gauge', 'test', ['role']);
    let value = 1;
    const stop = family.from(['primary'], () => value);
    value = 7;
    expect(await renderMetrics()).toContain('prior_test_gauge{role="primary"} 7');
    stop();
    expect(await renderMetrics()).not.toContain('prior_test_gauge{');
  });

  it('merge workers: counters and buckets added, lags by the worst', async () => {
    metrics.cache.requests.cell('l1', 'hit').n = 5;
    metrics.http.duration.series('GET', '/api/products', '200').observe(0.002);
    const stop = metrics.database.replicaLag.from(['r1'], () => 0.25);
    const snapshot = await metricsSnapshot();
    stop();
    const text = await mergeMetrics([snapshot, structuredClone(snapshot)]);
    expect(text).toContain('prior_cache_requests_total{tier="l1",result="hit"} 10');
    expect(text).toMatch(
      /prior_http_request_duration_seconds_count\{method="GET",route="\/api\/products",status="200"\} 2/,
    );
    expect(text).toContain('prior_replica_lag_seconds{server="r1"} 0.25');
  });
});

describe('OpenMetrics', () => {
  it('has exemplars, one for each bucket, and leaves the plain text as it is', async () => {
    const family = new HistogramFamily('prior_test_open_seconds', 'test', ['route'], [0.1, 1]);
    new CounterFamily('prior_test_open_total', 'test', []).inc();
    family.series('/a').observeAs(0.05, 'trace_id', 'first');
    family.series('/a').observeAs(0.06, 'trace_id', 'second');
    family.series('/a').observeAs(7, 'request_id', 'slow');
    const open = await renderOpenMetrics();
    expect(open).toMatch(
      /prior_test_open_seconds_bucket\{le="0.1",route="\/a"\} 2 # \{trace_id="second"\} 0.06 \d{10}/,
    );
    expect(open).toMatch(
      /prior_test_open_seconds_bucket\{le="\+Inf",route="\/a"\} 3 # \{request_id="slow"\} 7 \d{10}/,
    );
    expect(open).toContain('# TYPE prior_test_open counter\nprior_test_open_total 1');
    expect(open.endsWith('# EOF\n')).toBe(true);
    const plain = await renderMetrics();
    expect(plain).toContain('# TYPE prior_test_open_total counter\nprior_test_open_total 1');
    expect(plain).toContain('prior_test_open_seconds_bucket{le="0.1",route="/a"} 2\n');
  });

  it('leaves out an exemplar that OpenMetrics has no room for', async () => {
    const family = new HistogramFamily('prior_test_room_seconds', 'test', [], [1]);
    family.series().observeAs(0.5, 'request_id', 'x'.repeat(119));
    expect(await renderOpenMetrics()).toContain('prior_test_room_seconds_bucket{le="1"} 1\n');
  });

  it.each([
    [undefined, false],
    ['*/*', false],
    ['text/plain', false],
    ['application/openmetrics-text;version=1.0.0', true],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.6', false],
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true],
  ])('is negotiated: %s', (accept, wanted) => {
    expect(wantsOpenMetrics(accept)).toBe(wanted);
  });
});

describe('series that are known beforehand', () => {
  it('are 0 from the start', async () => {
    new CounterFamily('prior_test_known_total', 'test', ['kind']).startingWith(['a'], ['b']);
    expect(await renderMetrics()).toContain(
      'prior_test_known_total{kind="a"} 0\nprior_test_known_total{kind="b"} 0',
    );
  });
});

describe('runtime metrics', () => {
  it('report the process and stop when told', async () => {
    const stop = watchRuntime();
    const text = await renderMetrics();
    expect(text).toMatch(/prior_event_loop_utilization [\d.e-]+/);
    expect(text).toMatch(/prior_heap_used_bytes \d{6,}/);
    expect(text).toMatch(/prior_event_loop_lag_p99_seconds [\d.e-]+/);
    stop();
    expect(await renderMetrics()).not.toMatch(/prior_heap_used_bytes \d/);
  });
});

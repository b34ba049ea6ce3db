import { CounterFamily } from '../counter';
import { GaugeFamily } from '../gauge';
import { HistogramFamily } from '../histogram';

/** What the edge is told to forget. `target` is cloudflare, or the host:port of a Varnish server. */
export const edge = {
  purges: new CounterFamily(
    'prior_edge_purges_total',
    'Purge calls, by target and result (ok, failed, limited: the edge asked for a pause).',
    ['target', 'result'],
  ),
  purgedTags: new CounterFamily('prior_edge_purged_tags_total', 'Tags purged, by target.', ['target']),
  overruns: new CounterFamily(
    'prior_edge_purge_overruns_total',
    'Times that more tags waited than the queue holds, so that everything was purged.',
    ['target'],
  ),
  queued: new GaugeFamily('prior_edge_purge_queue', 'Purges that wait for their time or for their turn.', [
    'target',
  ]),
  delay: new HistogramFamily(
    'prior_edge_purge_delay_seconds',
    'From the time at which a tag was due to be purged until the edge had confirmed it.',
    ['target'],
  ),
} as const;

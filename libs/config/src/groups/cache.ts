import { group } from '../group';
import { flag, int } from '../variables';

const seconds = (name: string, fallback: number, description: string) => int(name, { description, fallback });

/** How long answers are kept here, and what browsers and the edge are told. */
export const cache = group(
  {
    CACHE_TTL_LIST_S: seconds('CACHE_TTL_LIST_S', 30, 'Seconds that a list is kept'),
    CACHE_TTL_DETAIL_S: seconds('CACHE_TTL_DETAIL_S', 60, 'Seconds that a detail is kept'),
    CACHE_TTL_FOLLOWED_S: seconds(
      'CACHE_TTL_FOLLOWED_S',
      600,
      'Seconds that any of them is kept while the follower (BINLOG_FOLLOW) hears all writers, so that nothing has changed',
    ),
    CACHE_L1_MAX_BYTES: int('CACHE_L1_MAX_BYTES', {
      description: 'Memory in bytes of the cache inside each worker, 0 to do without',
      fallback: 67_108_864,
    }),
    CACHE_MAX_AGE_S: seconds('CACHE_MAX_AGE_S', 30, 'Cache-Control max-age of public answers (browsers)'),
    CACHE_S_MAXAGE_S: seconds('CACHE_S_MAXAGE_S', 30, 'Cache-Control s-maxage of public answers (the edge)'),
    CACHE_SWR_S: seconds('CACHE_SWR_S', 60, 'Cache-Control stale-while-revalidate of public answers'),
    CACHE_STALE_IF_ERROR_S: seconds(
      'CACHE_STALE_IF_ERROR_S',
      300,
      'Cache-Control stale-if-error, and how long an answer past its time is kept for when no database answers',
    ),
    BINLOG_FOLLOW: flag('BINLOG_FOLLOW', {
      description:
        'Whether writers outside the API are heard, by the binlog of the primary; see docs/outside-writers.md',
      fallback: false,
    }),
  },
  (v) => ({
    ttlListS: v.CACHE_TTL_LIST_S,
    ttlDetailS: v.CACHE_TTL_DETAIL_S,
    ttlFollowedS: v.CACHE_TTL_FOLLOWED_S,
    l1MaxBytes: v.CACHE_L1_MAX_BYTES,
    maxAgeS: v.CACHE_MAX_AGE_S,
    sMaxAgeS: v.CACHE_S_MAXAGE_S,
    staleWhileRevalidateS: v.CACHE_SWR_S,
    staleIfErrorS: v.CACHE_STALE_IF_ERROR_S,
    followBinlog: v.BINLOG_FOLLOW,
  }),
);

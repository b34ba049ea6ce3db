import { CounterFamily } from '../counter';
import { GaugeFamily } from '../gauge';

/** The two cache tiers and what keeps them honest. */
export const cache = {
  requests: new CounterFamily(
    'prior_cache_requests_total',
    'Look-ups by tier (l1, l2) and result (hit, miss, stale, revalidated, bypass, error).',
    ['tier', 'result'],
  ).startingWith(
    ['l1', 'hit'],
    ['l1', 'revalidated'],
    ['l1', 'miss'],
    ['l1', 'bypass'],
    ['l1', 'stale'],
    ['l2', 'hit'],
    ['l2', 'miss'],
    ['l2', 'error'],
  ),
  fills: new CounterFamily(
    'prior_cache_fills_total',
    'Attempts to store a loaded answer, by result (stored, raced: a tag changed meanwhile, failed, skipped).',
    ['result'],
  ).startingWith(['stored'], ['raced'], ['failed'], ['skipped']),
  invalidations: new CounterFamily(
    'prior_cache_invalidations_total',
    'Tags dropped by writes, at once or within 500 ms.',
    [],
  ),
  coalesced: new CounterFamily('prior_cache_coalesced_total', 'Waits for the load of another request.', []),
  l1Bytes: new GaugeFamily('prior_cache_l1_bytes', 'Bytes held by the in-process tier.', []),
  l1Entries: new GaugeFamily('prior_cache_l1_entries', 'Entries held by the in-process tier.', []),
  drainAge: new GaugeFamily(
    'prior_outbox_drain_age_seconds',
    'Age of the last successful outbox drain; above 0.4 the cache no longer answers as fresh.',
    [],
    'max',
  ),
  drained: new CounterFamily(
    'prior_outbox_drained_total',
    'Writes that a drain published because their writer had not.',
    [],
  ),
  followerLeader: new GaugeFamily(
    'prior_follower_leader',
    '1 in the process that follows the binlog; the sum is 1 unless nobody does (only with BINLOG_FOLLOW).',
    [],
  ),
  followerLag: new GaugeFamily(
    'prior_follower_lag_seconds',
    'How long a change by a writer outside the API takes until its cached answers are dropped.',
    [],
    'max',
  ),
  followerBatches: new CounterFamily(
    'prior_follower_publications_total',
    'Changes by writers outside the API that were published, by what was dropped (rows: their tags, everything).',
    ['dropped'],
  ).startingWith(['rows'], ['everything']),
  followerOwn: new CounterFamily(
    'prior_follower_own_transactions_total',
    'Transactions of the API itself that the follower saw and left to their writers.',
    [],
  ),
} as const;

import { CounterFamily } from '../counter';
import { GaugeFamily } from '../gauge';
import { HistogramFamily } from '../histogram';

/** Rate limits, admission and breakers: what is refused, and why. */
export const traffic = {
  rateLimit: new CounterFamily(
    'prior_rate_limit_total',
    'Decisions of the rate limit by class (read, write, service, \u2026) and decision (allowed, denied, remembered, exempt).',
    ['class', 'decision'],
  ),
  rateLimitMode: new GaugeFamily(
    'prior_rate_limit_local',
    '1 while limits are kept by each process alone because Redis cannot be reached.',
    [],
    'max',
  ),
  rateLimitTracked: new GaugeFamily('prior_rate_limit_tracked', 'Callers remembered in this process.', []),
  admission: new CounterFamily(
    'prior_admission_requests_total',
    'Requests at the gates by class and decision (admitted, shed, expired, abandoned, overflow).',
    ['class', 'decision'],
  ),
  admissionLimit: new GaugeFamily(
    'prior_admission_limit',
    'Database work admitted at once, as adapted now.',
    [],
  ),
  admissionInFlight: new GaugeFamily('prior_admission_in_flight', 'Database work going on now.', []),
  admissionQueued: new GaugeFamily('prior_admission_queued', 'Work waiting for a slot, by class.', ['class']),
  admissionQueue: new HistogramFamily(
    'prior_admission_queue_seconds',
    'Time waited for a slot by work that was admitted.',
    ['class'],
  ),
  breakerState: new GaugeFamily('prior_breaker_state', '0 closed, 1 half open, 2 open.', ['name'], 'max'),
  breakerRefused: new CounterFamily(
    'prior_breaker_refused_total',
    'Calls refused because the breaker was open.',
    ['name'],
  ),
} as const;

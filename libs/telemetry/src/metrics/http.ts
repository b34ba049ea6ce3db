import { GaugeFamily } from '../gauge';
import { HistogramFamily } from '../histogram';

/** Rate, errors, duration of the public port; `route` is the template (`/api/products/:slug`), never the URL. */
export const http = {
  duration: new HistogramFamily(
    'prior_http_request_duration_seconds',
    'Time from the request to the end of its answer, by route template and status.',
    ['method', 'route', 'status'],
    undefined,
    600,
  ),
  inFlight: new GaugeFamily('prior_http_requests_in_flight', 'Requests being answered right now.', []),
  connections: new GaugeFamily('prior_http_connections', 'Open client connections.', []),
} as const;

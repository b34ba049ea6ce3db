import { group } from '../group';
import { text, url } from '../variables';

/** Where traces are sent. The names are OpenTelemetry's own. */
export const tracing = group(
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: url('OTEL_EXPORTER_OTLP_ENDPOINT', {
      description: 'Receiver of traces by OTLP/HTTP; nothing is traced when not set',
      example: 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
      protocols: ['http:', 'https:'],
      optional: true,
    }),
    OTEL_SERVICE_NAME: text('OTEL_SERVICE_NAME', {
      description: 'Name of the service in traces',
      fallback: 'prior',
    }),
    OTEL_TRACES_SAMPLER_ARG: text('OTEL_TRACES_SAMPLER_ARG', {
      description:
        'Share of the requests that are traced, 0 to 1; a request with a traceparent says so itself',
      fallback: '1',
    }),
  },
  (v, problem) => {
    const sampleRatio = Number(v.OTEL_TRACES_SAMPLER_ARG);
    if (!(sampleRatio >= 0 && sampleRatio <= 1))
      problem('OTEL_TRACES_SAMPLER_ARG', 'must be a number from 0 to 1');
    return { endpoint: v.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: v.OTEL_SERVICE_NAME, sampleRatio };
  },
);

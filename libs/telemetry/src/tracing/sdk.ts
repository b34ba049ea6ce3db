import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { diag, DiagLogLevel, SpanKind } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { MySQL2Instrumentation } from '@opentelemetry/instrumentation-mysql2';
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { RunningTracing, TracingOptions } from './options';

const LAST_CHANCE_MS = 2_000;
/** A receiver that is away is mentioned this often, ms. */
const TROUBLE_EVERY_MS = 60_000;

/** Starts the SDK. Loaded by startTracing() alone. */
export function openSdk({ endpoint, serviceName, sampleRatio, ignore }: TracingOptions): RunningTracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': `${process.pid}` }),
    ),
    sampler: new ParentBasedSampler({ root: requestsOnly(new TraceIdRatioBasedSampler(sampleRatio)) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const running: RunningTracing = {
    onTrouble: () => undefined,
    // A receiver that does not answer must not hold up the end.
    stop: () =>
      Promise.race([
        provider.shutdown().catch(() => undefined),
        sleep(LAST_CHANCE_MS, undefined, { ref: false }),
      ]),
  };
  reportTrouble((text) => running.onTrouble(text));
  // With it come the W3C propagators: `traceparent` of a request is its parent.
  provider.register();
  registerInstrumentations({ tracerProvider: provider, instrumentations: instrumentations(ignore) });
  return running;
}

function instrumentations(ignore: TracingOptions['ignore']) {
  return [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ url = '', socket }: IncomingMessage) =>
        ignore(url.split('?', 1)[0]!, socket.localPort),
    }),
    // The values of a statement are left out: they may be what a customer typed.
    new MySQL2Instrumentation({ maskStatement: true, maskStatementHook: (sql) => sql.replace(/\s+/g, ' ') }),
    new RedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
  ];
}

/** Heartbeats and drains run many times a second and belong to no request: without a parent they are not traced. */
const requestsOnly = (sampler: Sampler): Sampler => ({
  shouldSample: (context, traceId, name, kind, attributes, links) =>
    kind === SpanKind.SERVER
      ? sampler.shouldSample(context, traceId, name, kind, attributes, links)
      : { decision: SamplingDecision.NOT_RECORD },
  toString: () => `RequestsOnly{${sampler.toString()}}`,
});

function reportTrouble(tell: (text: string) => void): void {
  let notBefore = -Infinity;
  const error = (text: string): void => {
    if (performance.now() < notBefore) return;
    notBefore = performance.now() + TROUBLE_EVERY_MS;
    tell(text);
  };
  const nothing = () => undefined;
  diag.setLogger(
    { error, warn: nothing, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}

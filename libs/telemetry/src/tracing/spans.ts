import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

let on = false;

/** Whether this process sends traces. While it does not, everything in this file costs one comparison. */
export const tracing = (): boolean => on;

/** @internal for start.ts */
export const switchTracing = (to: boolean): void => void (on = to);

/** What a span may be told while it is open; undefined when there is none. */
export type OpenSpan = Pick<Span, 'setAttribute'> | undefined;

/**
 * Runs `work` as a part of the current trace, under a name of our own. What it throws is noted and thrown on.
 *
 * @param name few and fixed (`cache.load`), never made of what a client has sent
 */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> {
  if (!on) return work(undefined);
  return trace.getTracer('prior').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: error instanceof Error ? error.message : String(error),
      });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The span that is open now, if it will be sent: not every trace is sampled. */
export function currentSpan(): Span | undefined {
  const span = on ? trace.getActiveSpan() : undefined;
  return span?.isRecording() ? span : undefined;
}

/** The trace that is going on now, sampled or not. */
export const currentTraceId = (): string | undefined =>
  on ? trace.getActiveSpan()?.spanContext().traceId : undefined;

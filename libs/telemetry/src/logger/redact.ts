const SECRET_KEY =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|apikey|secret|.*password|.*passwd|.*[_-]?token|.*secret|.*privatekey)$/i;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi;
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const HIDDEN = '[redacted]';
const MAX_DEPTH = 6;

/** Hides credentials inside a text: bearer tokens and passwords in URLs. */
export function redactText(text: string): string {
  return text.replace(BEARER, `$1 ${HIDDEN}`).replace(URL_PASSWORD, `$1:${HIDDEN}@`);
}

/**
 * A copy of `value` for the log, without secrets: by key (`authorization`, `cookie`, `password`, `token`, …) at
 * any depth and inside texts. Pino's own redaction needs every path spelled out, so a new field would leak.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date || Buffer.isBuffer(value))
    return value instanceof Date ? value : `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    copy[key] = SECRET_KEY.test(key) ? HIDDEN : redact(item, depth + 1);
  }
  return copy;
}

function redactError(error: Error, depth: number): unknown {
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    type: name,
    message: redactText(message),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}

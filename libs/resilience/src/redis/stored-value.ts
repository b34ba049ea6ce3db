/** A value as Keyv hands it to its store. */
export interface Wrapped {
  readonly value?: unknown;
  readonly expires?: number;
}

const NEWLINE = 0x0a;

const bodyOf = (value: unknown): Buffer | undefined => {
  const { body } = (value ?? {}) as { readonly body?: unknown };
  return Buffer.isBuffer(body) ? body : undefined;
};

/**
 * A value as Redis keeps it: JSON, and behind a newline, which JSON never has, the bytes of its `body` if that is a Buffer.
 * They are most of an entry, and to make them a string in JSON is to escape, copy and decode them again.
 */
export function toBytes(wrapped: Wrapped): Buffer {
  const body = bodyOf(wrapped.value);
  if (!body) return Buffer.from(JSON.stringify(wrapped));
  const head = JSON.stringify({ ...wrapped, value: { ...(wrapped.value as object), body: undefined } });
  const headLength = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headLength + 1 + body.length);
  bytes.write(head);
  bytes[headLength] = NEWLINE;
  bytes.set(body, headLength + 1);
  return bytes;
}

/** The body is a slice of `bytes`: whoever keeps it copies it. @throws SyntaxError */
export function fromBytes(bytes: Buffer): Wrapped {
  const end = bytes.indexOf(NEWLINE);
  if (end === -1) return JSON.parse(bytes.toString()) as Wrapped;
  const wrapped = JSON.parse(bytes.toString('utf8', 0, end)) as { value: object; expires?: number };
  return { ...wrapped, value: { ...wrapped.value, body: bytes.subarray(end + 1) } };
}

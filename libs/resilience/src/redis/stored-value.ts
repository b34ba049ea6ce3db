const NEWLINE = 0x0a;

/** What is stored beside the rest of a value. */
interface Bodied {
  readonly body: Buffer;
}

const hasBody = (value: unknown): value is Bodied => Buffer.isBuffer((value as Partial<Bodied> | null)?.body);

/**
 * A value as Redis keeps it: JSON, and behind a newline, which JSON never has, the bytes of its `body` if that is a Buffer.
 * They are most of an entry, and to make them a string in JSON is to escape, copy and decode them again.
 */
export function toBytes(value: unknown): Buffer {
  if (!hasBody(value)) return Buffer.from(JSON.stringify(value));
  const { body } = value;
  const head = JSON.stringify({ ...value, body: undefined });
  const headLength = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headLength + 1 + body.length);
  bytes.write(head);
  bytes[headLength] = NEWLINE;
  bytes.set(body, headLength + 1);
  return bytes;
}

/** A body is a slice of `bytes`: whoever keeps it copies it. @throws SyntaxError */
export function fromBytes(bytes: Buffer): unknown {
  const end = bytes.indexOf(NEWLINE);
  if (end === -1) return JSON.parse(bytes.toString());
  return { ...(JSON.parse(bytes.toString('utf8', 0, end)) as object), body: bytes.subarray(end + 1) };
}

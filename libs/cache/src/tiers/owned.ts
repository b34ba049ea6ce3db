/**
 * The same bytes in memory of their own. Small Buffers are slices of a pool (64 kB on Node 24), and zlib's are slices of
 * its chunks (16 kB): one that is kept keeps all of that.
 */
export function owned(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}

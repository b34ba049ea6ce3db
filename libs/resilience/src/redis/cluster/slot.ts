/** How many slots a Redis Cluster has. */
const SLOTS = 16_384;

/** CRC16/XMODEM, as the Redis Cluster specification has it (appendix A): polynomial 0x1021, beginning with 0. */
function crc16(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = ((crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff) >>> 0;
  }
  return crc;
}

/** The slot of every key whose first pair of braces holds this text. */
export const slotOf = (hashTag: string): number => crc16(hashTag) % SLOTS;

/** The hash tag of one shop: all its keys share a slot. Braces inside would end it early. */
export const hashTagOf = (namespace: string): string => `prior:${namespace.replace(/[{}]/g, '_')}`;

import { isIP } from 'node:net';

/** An IP address as 16-bit words: 2 for IPv4, 8 for IPv6. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly number[];
}

const LONGEST = 64;
const DOT = 46;
const ZERO = 48;

/**
 * Reads an address as peers and proxies write it: with a port (`1.2.3.4:80`, `[::1]:80`), with a zone
 * (`fe80::1%eth0`), or IPv4 mapped into IPv6 (`::ffff:1.2.3.4`, RFC 4291 section 2.5.5.2), which becomes IPv4.
 *
 * @returns undefined for anything that is not an address; never throws
 */
export function parseAddress(text: string | undefined): Address | undefined {
  if (text === undefined || text.length === 0 || text.length > LONGEST) return undefined;
  const bare = withoutPort(text.trim());
  const zone = bare.indexOf('%');
  const plain = zone === -1 ? bare : bare.slice(0, zone);
  const family = isIP(plain);
  if (family === 4) return { family: 4, words: fourWords(plain) };
  return family === 6 ? unmapped(sixWords(plain)) : undefined;
}

function withoutPort(text: string): string {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    return end === -1 ? text : text.slice(1, end);
  }
  const colon = text.indexOf(':');
  // A single colon can only be IPv4 with a port: IPv6 has at least two.
  return colon !== -1 && colon === text.lastIndexOf(':') ? text.slice(0, colon) : text;
}

/** Digit by digit: this runs for every request, and splitting cost more than everything else about limiting it. */
function fourWords(text: string): number[] {
  const bytes = [0, 0, 0, 0];
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === DOT) at += 1;
    else bytes[at] = bytes[at]! * 10 + code - ZERO;
  }
  return [bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!];
}

function sixWords(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const front = groups(head);
  if (tail === undefined) return front;
  const back = groups(tail);
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
}

const groups = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((part) => (part.includes('.') ? fourWords(part) : [Number.parseInt(part, 16)]));

function unmapped(words: number[]): Address {
  const mapped = words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0);
  return mapped ? { family: 4, words: words.slice(6) } : { family: 6, words };
}

/**
 * What is counted as one caller: the whole IPv4 address, but the /64 of an IPv6 one, because that is the least
 * that a provider hands to one customer, who may change addresses inside it with every request.
 */
export function limitKey({ family, words }: Address): string {
  if (family === 6)
    return `${words
      .slice(0, 4)
      .map((word) => word.toString(16))
      .join(':')}::/64`;
  const [high = 0, low = 0] = words;
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

import { type Address, parseAddress } from './address';

interface Network {
  readonly words: readonly number[];
  readonly masks: readonly number[];
}

/** A set of networks in CIDR notation (RFC 4632) that addresses are looked up in. */
export class Networks {
  private readonly four: Network[] = [];
  private readonly six: Network[] = [];

  /**
   * @param cidrs addresses or networks; IPv4 written as mapped IPv6 counts as IPv4
   * @throws Error that names the one that is wrong
   */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const { family, network } = parseNetwork(cidr);
      (family === 4 ? this.four : this.six).push(network);
    }
  }

  get empty(): boolean {
    return this.four.length === 0 && this.six.length === 0;
  }

  has(address: Address): boolean {
    for (const network of address.family === 4 ? this.four : this.six) {
      if (inside(address.words, network)) return true;
    }
    return false;
  }
}

function inside(words: readonly number[], { words: base, masks }: Network): boolean {
  for (let i = 0; i < base.length; i += 1) {
    if ((words[i]! & masks[i]!) !== base[i]!) return false;
  }
  return true;
}

function parseNetwork(cidr: string): { family: 4 | 6; network: Network } {
  const [text = '', length, ...rest] = cidr.split('/');
  const address = parseAddress(text);
  const width = text.includes(':') ? 128 : 32;
  const wanted = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (!address || rest.length > 0 || !(wanted <= width)) {
    throw new Error(`${JSON.stringify(cidr)} is not a network: write 10.0.0.0/8 or 2001:db8::/32`);
  }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const bits = Math.max(0, wanted - (address.family === 4 && width === 128 ? 96 : 0));
  const masks = address.words.map((_, i) => {
    const own = Math.min(16, Math.max(0, bits - 16 * i));
    return (0xffff << (16 - own)) & 0xffff;
  });
  return {
    family: address.family,
    network: { words: address.words.map((word, i) => word & masks[i]!), masks },
  };
}

import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * The kinds of environment variable. Each turns text into a value and says in its error what would be right.
 * An empty variable counts as not set: compose files and CI systems pass `NAME=` for "nothing".
 */

/** Documentation of one variable, shown by `describeVariables()`. */
export interface VariableMeta {
  readonly description: string;
  readonly example: string;
  /** The value is never printed. */
  readonly secret?: boolean;
}

const given = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()));

/** Throw this inside a parser: its text completes the sentence "NAME …". */
class Wrong extends Error {}

function variable<T>(meta: VariableMeta, parse: (text: string | undefined) => T) {
  return given
    .transform((text, context): T => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof Wrong)) throw error;
        const shown = text === undefined || meta.secret ? '' : ` (it is ${JSON.stringify(text)})`;
        context.addIssue({
          code: 'custom',
          message: `${error.message}${shown}. Set for example ${meta.example}`,
        });
        return z.NEVER;
      }
    })
    .meta({ ...meta });
}

type Doc = Omit<VariableMeta, 'example'> & { readonly example?: string };
type TextDoc = Doc & { readonly minLength?: number };

const needed = (text: string | undefined): string => {
  if (text === undefined) throw new Wrong('is missing');
  return text;
};

/** Whole number. Without `fallback` the variable is required. */
export function int(name: string, doc: Doc & { fallback?: number; min?: number; max?: number }) {
  const { fallback, min = 0, max = Number.MAX_SAFE_INTEGER, ...rest } = doc;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return variable({ example: `${name}=${fallback ?? min}`, ...rest }, (text) => {
    if (text === undefined && fallback !== undefined) return fallback;
    const value = /^\d{1,15}$/.test(needed(text)) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new Wrong(`must be a whole number ${range}`);
    return value;
  });
}

/** Text. Without `fallback` the variable is required. */
export function text(name: string, doc: TextDoc & { fallback?: string }) {
  const { fallback, minLength = 1, ...rest } = doc;
  return variable({ example: `${name}=${fallback ?? '...'}`, ...rest }, (value) =>
    value === undefined && fallback !== undefined ? fallback : longEnough(needed(value), minLength),
  );
}

/** Text that may be missing: then it is null. */
export function optionalText(name: string, doc: TextDoc) {
  const { minLength = 1, ...rest } = doc;
  return variable({ example: `${name}=...`, ...rest }, (value): string | null =>
    value === undefined ? null : longEnough(value, minLength),
  );
}

function longEnough(value: string, minLength: number): string {
  if (value.length < minLength) throw new Wrong(`must have at least ${minLength} characters`);
  return value;
}

export function oneOf<T extends string>(name: string, values: readonly T[], doc: Doc & { fallback: T }) {
  const { fallback, ...rest } = doc;
  return variable({ example: `${name}=${fallback}`, ...rest }, (value) => {
    const found = value === undefined ? fallback : values.find((one) => one === value);
    if (found === undefined) throw new Wrong(`must be one of ${values.join(', ')}`);
    return found;
  });
}

export function flag(name: string, doc: Doc & { fallback: boolean }) {
  const { fallback, ...rest } = doc;
  return variable({ example: `${name}=${fallback}`, ...rest }, (value) => {
    if (value === undefined) return fallback;
    if (/^(true|1|yes|on)$/i.test(value)) return true;
    if (/^(false|0|no|off)$/i.test(value)) return false;
    throw new Wrong('must be true or false');
  });
}

/** URL with one of the given schemes (`redis:`, `https:`). Without `optional` the variable is required. */
export function url<O extends boolean = false>(
  name: string,
  doc: Doc & { example: string; protocols: readonly string[]; optional?: O },
) {
  const { protocols, optional, ...rest } = doc;
  return variable(rest, (value): string | (O extends true ? null : never) => {
    if (value === undefined && optional) return null as O extends true ? null : never;
    const parsed = URL.canParse(needed(value)) ? new URL(needed(value)) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol)) {
      throw new Wrong(`must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    }
    return needed(value);
  });
}

/** One URL or several with commas between, each with one of the given schemes. */
export function urls(name: string, doc: Doc & { example: string; protocols: readonly string[] }) {
  const { protocols, ...rest } = doc;
  const starts = protocols.map((p) => `${p}//`);
  return variable(rest, (value): readonly string[] => {
    // Not at every comma: a password may hold one.
    const all = needed(value).split(new RegExp(`,\\s*(?=$|${starts.join('|')})`));
    const right = (one: string) => URL.canParse(one) && protocols.includes(new URL(one).protocol);
    if (!all.every(right)) throw new Wrong(`must be a URL that starts with ${starts.join(' or ')}`);
    return all;
  });
}

/** Comma-separated list; every item goes through `parse`, which returns undefined for a wrong one. */
export function list<T>(
  name: string,
  doc: Doc & { fallback?: string; wants: string },
  parse: (item: string) => T | undefined,
) {
  const { fallback = '', wants, ...rest } = doc;
  return variable({ example: `${name}=${fallback}`, ...rest }, (value): readonly T[] =>
    (value ?? fallback)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => {
        const parsed = parse(item);
        if (parsed === undefined)
          throw new Wrong(`has an item that is not ${wants}: ${JSON.stringify(item)}`);
        return parsed;
      }),
  );
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `db-2:3306` or `[::1]:3306`; undefined when it is neither. */
export function parseHostPort(item: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(item);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** An address (`10.0.0.1`, `::1`) or a network (`10.0.0.0/8`), returned as it was written. */
export function parseCidr(item: string): string | undefined {
  const [address = '', bits, ...rest] = item.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return undefined;
  if (bits === undefined) return item;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128) ? item : undefined;
}

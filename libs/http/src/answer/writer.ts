import type { z } from 'zod';
import { isoTime } from './iso-time';
import { writingOf } from './schemas';

/** Writes one value as JSON text. @throws AnswerError that knows the place as far as the writer knows it */
type Write = (value: unknown) => string;

/** An answer that does not fit its schema: a mistake of ours, never of the client. */
export class AnswerError extends Error {
  constructor(
    private readonly wanted: string,
    private readonly value: unknown,
    private readonly path = '',
  ) {
    super(
      `The answer does not fit its schema: ${path || 'the answer'} should be ${wanted}, but is ${typeof value} ${String(value).slice(0, 50)}`,
    );
    this.name = 'AnswerError';
  }

  /** The same, as seen from the object that has the value in this field: nobody pays for paths that nobody reads. */
  within(field: string): AnswerError {
    return new AnswerError(this.wanted, this.value, this.path === '' ? field : `${field}.${this.path}`);
  }
}

/**
 * Compiles an answer's schema into a function that writes it in one pass, with only the fields that the schema
 * names. It trusts the types as far as it can and throws AnswerError where the result would not be valid JSON.
 */
export function compileWriter<S extends z.ZodType>(schema: S): (value: z.output<S>) => string {
  return compile(schema, new Map());
}

function compile(schema: z.core.$ZodType, known: Map<z.core.$ZodType, Write>): Write {
  const done = known.get(schema);
  if (done) return done;
  // A tree's schema contains itself: hand out a reference first, fill it in afterwards.
  let made: Write = () => '';
  known.set(schema, (value) => made(value));
  made = make(schema, known);
  known.set(schema, made);
  return made;
}

function make(schema: z.core.$ZodType, known: Map<z.core.$ZodType, Write>): Write {
  const special = writingOf.get(schema)?.as;
  if (special) return special === 'money' ? writeMoney : writeTimestamp;

  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return writeObject(def.shape, known);
    case 'array':
      return writeArray(compile(def.element, known));
    case 'nullable':
    case 'optional':
      return orNull(compile(def.innerType, known));
    case 'readonly':
    case 'default':
      return compile(def.innerType, known);
    case 'lazy':
      return compile(def.getter(), known);
    case 'string':
    case 'enum':
      return writeString;
    case 'number':
      return writeNumber;
    case 'boolean':
      // TINYINT(1) arrives as 0 or 1.
      return (value) =>
        value === true || value === 1
          ? 'true'
          : value === false || value === 0
            ? 'false'
            : wrong('a boolean', value);
    default:
      return (value) => JSON.stringify(value) ?? wrong('JSON', value);
  }
}

function writeObject(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  known: Map<z.core.$ZodType, Write>,
): Write {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    first: `{${JSON.stringify(name)}:`,
    next: `,${JSON.stringify(name)}:`,
    write: compile(schema, known),
    optional: (schema as z.core.$ZodTypes)._zod.def.type === 'optional',
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null) return wrong('an object', value);
    let text = '';
    let at = '';
    try {
      for (const { name, first, next, write, optional } of fields) {
        const field = (value as Record<string, unknown>)[name];
        if (field === undefined && optional) continue;
        at = name;
        text += (text === '' ? first : next) + write(field);
      }
    } catch (error) {
      throw error instanceof AnswerError ? error.within(at) : error;
    }
    return text === '' ? '{}' : `${text}}`;
  };
}

function writeArray(write: Write): Write {
  return (value) => {
    if (!Array.isArray(value)) return wrong('an array', value);
    let text = '[';
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + write(value[i]);
    return `${text}]`;
  };
}

const orNull =
  (write: Write): Write =>
  (value) =>
    value === null ? 'null' : write(value);

/** What stands in JSON otherwise than in the string, or might: quotes, backslashes, control characters, surrogates. */
const NOT_AS_IT_IS = /[^\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]/;
const writeString: Write = (value) => {
  if (typeof value !== 'string') return wrong('a string', value);
  return NOT_AS_IT_IS.test(value) ? JSON.stringify(value) : `"${value}"`;
};

const writeNumber: Write = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : wrong('a finite number', value);

// JSON has no leading zeros and no bare point: what is written must be a number token.
const MONEY = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const writeMoney: Write = (value) =>
  typeof value === 'string' && MONEY.test(value) ? value : wrong('decimal digits in a string', value);

const SQL_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/;
const writeTimestamp: Write = (value) => {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return `"${isoTime(value.getTime())}"`;
  const match = typeof value === 'string' ? SQL_TIME.exec(value) : null;
  if (!match) return wrong('a Date or SQL time', value);
  return `"${match[1]}T${match[2]}.${(match[3] ?? '').slice(0, 3).padEnd(3, '0')}Z"`;
};

function wrong(wanted: string, value: unknown): never {
  throw new AnswerError(wanted, value);
}

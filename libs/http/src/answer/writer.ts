import type { z } from 'zod';
import { writingOf } from './schemas';

/** Writes one value as JSON text. `path` names the place in case the value is not what the schema says. */
type Write = (value: unknown, path: string) => string;

/** An answer that does not fit its schema: a mistake of ours, never of the client. */
export class AnswerError extends Error {
  constructor(path: string, wanted: string, value: unknown) {
    super(
      `The answer does not fit its schema: ${path || 'the answer'} should be ${wanted}, but is ${typeof value} ${String(value).slice(0, 50)}`,
    );
    this.name = 'AnswerError';
  }
}

/**
 * Compiles an answer's schema into a function that writes it in one pass, with only the fields that the schema
 * names. It trusts the types as far as it can and throws AnswerError where the result would not be valid JSON.
 */
export function compileWriter<S extends z.ZodType>(schema: S): (value: z.output<S>) => Buffer {
  const write = compile(schema, new Map());
  return (value) => Buffer.from(write(value, ''));
}

function compile(schema: z.core.$ZodType, known: Map<z.core.$ZodType, Write>): Write {
  const done = known.get(schema);
  if (done) return done;
  // A tree's schema contains itself: hand out a reference first, fill it in afterwards.
  let made: Write = () => '';
  known.set(schema, (value, path) => made(value, path));
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
      return (value, path) =>
        value === true || value === 1
          ? 'true'
          : value === false || value === 0
            ? 'false'
            : wrong(path, 'a boolean', value);
    default:
      return (value, path) => JSON.stringify(value) ?? wrong(path, 'JSON', value);
  }
}

function writeObject(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  known: Map<z.core.$ZodType, Write>,
): Write {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    label: `${JSON.stringify(name)}:`,
    write: compile(schema, known),
    optional: (schema as z.core.$ZodTypes)._zod.def.type === 'optional',
  }));
  return (value, path) => {
    if (typeof value !== 'object' || value === null) return wrong(path, 'an object', value);
    let text = '{';
    for (const { name, label, write, optional } of fields) {
      const field = (value as Record<string, unknown>)[name];
      if (field === undefined && optional) continue;
      if (text.length > 1) text += ',';
      text += label + write(field, path === '' ? name : `${path}.${name}`);
    }
    return `${text}}`;
  };
}

function writeArray(write: Write): Write {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'an array', value);
    let text = '[';
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + write(value[i], path);
    return `${text}]`;
  };
}

const orNull =
  (write: Write): Write =>
  (value, path) =>
    value === null ? 'null' : write(value, path);

const writeString: Write = (value, path) =>
  typeof value === 'string' ? JSON.stringify(value) : wrong(path, 'a string', value);

const writeNumber: Write = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : wrong(path, 'a finite number', value);

// JSON has no leading zeros and no bare point: what is written must be a number token.
const MONEY = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const writeMoney: Write = (value, path) =>
  typeof value === 'string' && MONEY.test(value) ? value : wrong(path, 'decimal digits in a string', value);

const SQL_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/;
const writeTimestamp: Write = (value, path) => {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return `"${value.toISOString()}"`;
  const match = typeof value === 'string' ? SQL_TIME.exec(value) : null;
  if (!match) return wrong(path, 'a Date or SQL time', value);
  return `"${match[1]}T${match[2]}.${(match[3] ?? '').slice(0, 3).padEnd(3, '0')}Z"`;
};

function wrong(path: string, wanted: string, value: unknown): never {
  throw new AnswerError(path, wanted, value);
}

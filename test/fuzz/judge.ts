import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import type { Answer } from '../support/fleet/http-client';
import { type Document, routeFor, type Route, routesOf, type Schema } from './document';
import type { Asked } from './requests';

/** What an answer may say with a 503; everything else from 500 on is a mistake of ours. */
const DELIBERATE = new Set(['overloaded', 'database_busy', 'database_unavailable', 'writes_unavailable', 'shutting_down', 'auth_unavailable', 'write_outcome_unknown']); // prettier-ignore

/** Traces of what is behind: stacks, SQL, the driver's errors, addresses in this repository. */
const LEAKS = [
  // In JSON a line ends in two characters.
  /(\n|\\n)\s+at .+:\d+:\d+/,
  /node_modules/,
  /\b(SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b/,
  /\bER_[A-Z]{3,}|\bsqlMessage\b|\berrno\b|\bECONN[A-Z]+/,
  /QueryFailedError|TypeError|RangeError|ReferenceError/,
  /\/(apps|libs)\/\w+\/src\//,
];
/** Of the documentation pages, which describe nothing of themselves. */
const PAGES = /^\/(docs\b|openapi\.json)/;

function textOf(answer: Answer): string {
  const coding = answer.header('content-encoding');
  const decode = coding === 'gzip' ? gunzipSync : coding === 'br' ? brotliDecompressSync : undefined;
  return (decode && answer.body.length > 0 ? decode(answer.body) : answer.body).toString('utf8');
}

/** Judges answers by the document. */
export class Judge {
  private readonly routes: readonly Route[];
  private readonly ajv = new Ajv2020({ strict: false, allErrors: false, formats: FORMATS });
  private readonly compiled = new Map<Schema, ValidateFunction>();

  constructor(
    private readonly document: Document,
    private readonly secrets: readonly string[],
  ) {
    this.routes = routesOf(document);
  }

  /** @returns what is wrong, in words; undefined when all is well */
  wrong(asked: Asked, answer: Answer): string | undefined {
    const body = textOf(answer);
    return this.leak(body) ?? this.failure(asked, answer, body) ?? this.shape(asked, answer, body);
  }

  private leak(body: string): string | undefined {
    const found = LEAKS.find((one) => one.test(body));
    if (found) return `the body shows what is behind: ${String(found.exec(body)?.[0])}`;
    return this.secrets.some((secret) => body.includes(secret)) ? 'the body holds a secret' : undefined;
  }

  private failure({ method, target }: Asked, { status }: Answer, body: string): string | undefined {
    if (!(status >= 100 && status < 600)) return 'no HTTP status';
    if (status < 500) return undefined;
    const code = /"code":"(\w+)"/.exec(body)?.[1] ?? '';
    const unseen = method === 'HEAD' || target.startsWith('/health/');
    return status === 503 && (DELIBERATE.has(code) || unseen) ? undefined : `a ${status} ${code}`;
  }

  private shape({ method, target }: Asked, answer: Answer, body: string): string | undefined {
    const { status } = answer;
    if (method === 'HEAD' || status === 304 || PAGES.test(target)) return undefined;
    const type = answer.header('content-type')?.split(';', 1)[0] ?? '';
    const route = routeFor(this.routes, method, target);
    const responses = route?.operation.responses;
    const described = responses?.[status] ?? responses?.default;
    if (!described) return this.asProblem(status, type, body);
    if (!described.content)
      return body === '' ? undefined : `a ${status} has a body, which the document does not know`;
    const schema = described.content[type]?.schema;
    if (!schema)
      return `a ${status} is ${type || 'of no type'}, the document says ${Object.keys(described.content).join()}`;
    return this.fits(schema, body);
  }

  /** What no operation describes is an error. */
  private asProblem(status: number, type: string, body: string): string | undefined {
    if (status < 300)
      return status === 204 && body === '' ? undefined : `a ${status} that the document does not know`;
    if (status < 400) return undefined;
    if (type !== 'application/problem+json') return `a ${status} is ${type || 'of no type'}`;
    return this.fits({ $ref: '#/components/schemas/Problem' }, body);
  }

  private fits(schema: Schema, body: string): string | undefined {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return 'the body is not JSON';
    }
    const check = this.validator(schema);
    if (check(value)) return undefined;
    const [error] = check.errors ?? [];
    return `the body does not fit its schema: ${error?.instancePath ?? ''} ${error?.message ?? ''}`;
  }

  private validator(schema: Schema): ValidateFunction {
    let found = this.compiled.get(schema);
    if (!found) {
      // References lead into the document, so it has to be the root.
      found = this.ajv.compile({ ...schema, components: this.document.components });
      this.compiled.set(schema, found);
    }
    return found;
  }
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  'uri-reference': /^[\x21-\x7e]*$/,
  uri: /^[a-z][a-z0-9+.-]*:[\x21-\x7e]*$/i,
  uuid: /^[0-9a-f-]{36}$/i,
};

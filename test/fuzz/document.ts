/** The parts of an OpenAPI 3.1 document that the fuzzer reads. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export const routesOf = ({ paths }: Document): Route[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** @returns the operation that a request belongs to, the most literal one; undefined where the document knows none */
export function routeFor(routes: readonly Route[], method: string, target: string): Route | undefined {
  // The absolute form (RFC 9112, section 3.2.2) means the same resource.
  const path = target.replace(/^https?:\/\/[^/]*/, '').split(/[?#]/, 1)[0]!;
  const asked = method === 'HEAD' ? 'GET' : method;
  const matching = routes.filter((route) => route.method === asked && matches(route.path, path));
  return matching.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith('{') ? given[i] !== '' : part === given[i]))
  );
}

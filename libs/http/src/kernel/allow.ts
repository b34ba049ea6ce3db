import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

const routesOf = new WeakMap<FastifyInstance['server'], Map<string, KnownRoute>>();

/** Remembers every route that is registered from now on, so that a 405 can name the methods of an address. */
export function recordRoutes(instance: FastifyInstance): void {
  const routes = new Map<string, KnownRoute>();
  routesOf.set(instance.server, routes);
  instance.addHook('onRoute', ({ url, method }) => {
    // CORS and static files register catch-alls; they say nothing about which addresses exist.
    if (url.includes('*')) return;
    const known = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    routes.set(url, known);
  });
}

/** Methods of the routes that match a path, HEAD among them; empty when there is no such address. */
export function allowedMethods(instance: FastifyInstance, path: string): string[] {
  const methods = new Set<string>();
  for (const route of routesOf.get(instance.server)?.values() ?? []) {
    if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
  }
  return [...methods].sort();
}

function toPattern(url: string): RegExp {
  const literal = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/:\w+/g, '[^/]+')}$`);
}

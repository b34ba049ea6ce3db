/** Resolution hook: `k6` and `k6/http` … are the stand-ins beside this file. A module that has none is an error. */
export async function resolve(specifier, context, next) {
  if (specifier !== 'k6' && !specifier.startsWith('k6/')) return next(specifier, context);
  const name = specifier === 'k6' ? 'k6' : specifier.slice('k6/'.length);
  return { url: new URL(`./modules/${name}.mjs`, import.meta.url).href, shortCircuit: true };
}

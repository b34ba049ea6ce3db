import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { place, record } from './record.mjs';

/**
 * node run.mjs SCRIPT ENV-AS-JSON ITERATIONS USERS: without k6, runs each scenario's function so often, with virtual
 * users that are numbered from USERS on, and prints what happened as JSON. k6's engine has other globals than Node:
 * those that it lacks are taken away first.
 */
const [script, env, iterations, users] = process.argv.slice(2);
place.vu = Number(users);
place.iteration = Number(users);
const { stdout } = process;
register('./hooks.mjs', import.meta.url);

Object.assign(globalThis, { __ENV: JSON.parse(env), __VU: place.vu, __ITER: 0 });
// Loaded first: the stand-ins may use what the scripts may not.
await import('k6/http');
const main = pathToFileURL(script);
for (const name of ['URL', 'URLSearchParams', 'fetch', 'Buffer', 'process', 'require', 'structuredClone'])
  delete globalThis[name];

const module = await import(main);
const { options } = module;

/** The functions that k6 would call, each with a virtual user of its own. */
const functions = options.scenarios
  ? Object.values(options.scenarios).map(({ exec = 'default' }) => exec)
  : ['default'];
const missing = functions.filter((name) => typeof module[name] !== 'function');
if (missing.length > 0) throw new Error(`not exported: ${missing.join(', ')}`);

if (Number(iterations) > 0) {
  const data = module.setup === undefined ? undefined : module.setup();
  // Everybody gets a copy, as JSON.
  const copy = data === undefined ? 'null' : JSON.stringify(data);
  for (const name of functions) {
    place.vu += 1;
    for (let i = 0; i < Number(iterations); i += 1) {
      place.iteration += 1;
      await module[name](JSON.parse(copy));
    }
  }
}

/** As k6 hands it over: one metric with the script's thresholds, one without. */
const rules = options.thresholds?.http_req_duration ?? [];
const summary = module.handleSummary({
  metrics: {
    http_req_duration: {
      type: 'trend',
      contains: 'time',
      values: { avg: 12.34, 'p(95)': 56.78 },
      thresholds: Object.fromEntries(rules.map((rule, i) => [rule, { ok: i === 0 }])),
    },
    http_reqs: { type: 'counter', contains: 'default', values: { count: 120, rate: 12 } },
    http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0.0514, passes: 1, fails: 2 } },
  },
  state: { testRunDurationMs: 10_000 },
});
stdout.write(JSON.stringify({ options, functions, summary, ...record }));

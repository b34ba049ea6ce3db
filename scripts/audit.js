'use strict';
// `npm run audit`: npm audit of what is shipped, where the registry offers it.
const { spawnSync } = require('node:child_process');

const { status, stdout, stderr, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (error) {
  process.stderr.write(`npm could not be started: ${error.message}\n`);
  process.exit(2);
}

/** @type {{ metadata?: { vulnerabilities?: Record<string, number> }, vulnerabilities?: Record<string, { severity: string, range: string }> }} */
let report = {};
try {
  report = JSON.parse(stdout);
} catch {
  // A registry without the endpoint answers with a page, and npm with an error.
}

const counts = report.metadata?.vulnerabilities;
if (!counts) {
  process.stdout.write(
    'npm audit has not been run: this registry does not offer it, or cannot be reached. Run it where it does: npm audit --omit=dev\n',
  );
  const why = stderr.split('\n').find((line) => /audit|E[A-Z]{3,}/.test(line) && !/config/.test(line));
  if (why) process.stdout.write(`${why.replace(/https?:\/\/\S+/g, 'the registry')}\n`);
  process.exit(0);
}
for (const [name, { severity, range }] of Object.entries(report.vulnerabilities ?? {})) {
  process.stdout.write(`${severity}: ${name} ${range}\n`);
}
process.stdout.write(`${counts.total ?? 0} known vulnerabilities in what is shipped\n`);
process.exit(status === 0 ? 0 : 1);

'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { installCommand, missing, which, NEEDED } = require('./binaries');
const { PlainError, run } = require('./run');

/**
 * Installs packages without starting what they bring. Debian's maintainer scripts ask policy-rc.d before they start a
 * service; ours says no and the machine's own, if there is one, is put back whatever happens. A package that was
 * installed by us is not started at the next boot either.
 */
const APT_SCRIPT = `
set -e
policy=/usr/sbin/policy-rc.d
kept=$policy.kept-by-prior
restore() { rm -f "$policy"; if [ -e "$kept" ]; then mv "$kept" "$policy"; fi; }
trap restore EXIT
trap 'exit 130' INT TERM HUP
if [ -e "$policy" ] && [ ! -e "$kept" ]; then mv "$policy" "$kept"; fi
printf '#!/bin/sh\\nexit 101\\n' > "$policy"
chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive
apt-get update || echo 'apt-get update failed; trying with the lists that are there'
apt-get install -y --no-install-recommends "$@"
for service in redis-server prometheus prometheus-mysqld-exporter prometheus-redis-exporter varnish nginx; do
  case " $* " in *" $service "* | *" $service-light "*)
    if command -v deb-systemd-helper > /dev/null; then deb-systemd-helper disable $service.service || true; fi
    if command -v update-rc.d > /dev/null; then update-rc.d $service disable || true; fi
  esac
done
`;

/**
 * @typedef {object} Machine how packages can be installed here
 * @property {NodeJS.Platform} platform
 * @property {boolean} root
 * @property {boolean} apt
 * @property {boolean} brew
 * @property {boolean} sudo without a password
 */

/** @returns {Machine} */
function thisMachine() {
  const works = (/** @type {string} */ command, /** @type {string[]} */ args) => {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    apt: which('apt-get') !== undefined,
    brew: which('brew') !== undefined,
    sudo: which('sudo') !== undefined && works('sudo', ['-n', 'true']),
  };
}

/**
 * What to run so that the programs are there.
 * @param {(keyof typeof NEEDED)[]} programs
 * @param {Machine} machine
 * @returns {{ command: string, args: string[] }}
 * @throws PlainError with what to type when it may not be done from here
 */
function planInstall(programs, machine) {
  const { platform, apt, brew, root, sudo } = machine;
  const needs = `These programs are needed and not installed: ${programs.join(', ')}.`;
  const kind = platform === 'darwin' ? 'brew' : 'apt';
  const packages = [...new Set(programs.map((name) => NEEDED[name][kind]))];
  if (platform === 'darwin' && brew) return { command: 'brew', args: ['install', ...packages] };
  if (platform === 'darwin') {
    throw new PlainError(
      `${needs}\nInstall Homebrew (https://brew.sh), then:\n  ${installCommand(programs, platform)}`,
    );
  }
  if (!apt) {
    throw new PlainError(
      `${needs}\nInstall them with this system's package manager; they are in its packages for ` +
        'MariaDB server 10.6 or newer, its client, and Redis 6.2 or newer.',
    );
  }
  const script = ['-c', APT_SCRIPT, 'sh', ...packages];
  if (root) return { command: 'sh', args: script };
  if (sudo) return { command: 'sudo', args: ['-n', 'sh', ...script] };
  throw new PlainError(`${needs}\nInstall them, then try again:\n  ${installCommand(programs, platform)}`);
}

/**
 * Installs the servers' programs where they are missing and this may be done without a question.
 * @param {object} options
 * @param {import('./binaries').Program[]} options.needed
 * @param {string} options.root
 * @param {string} options.log
 * @param {(text: string) => void} options.note
 * @param {AbortSignal} [options.signal]
 */
async function installSystemPackages({ needed, root, log, note, signal }) {
  const programs = missing(needed);
  if (programs.length === 0) return note('there');
  const { command, args } = planInstall(programs, thisMachine());
  note(`installing ${programs.join(', ')}`);
  await run(command, args, { cwd: root, log, signal });
  const still = missing(needed);
  if (still.length > 0)
    throw new PlainError(`${still.join(', ')} is still missing after the installation; see ${log}`);
}

/**
 * Whether node_modules holds what the lockfile says. Compared by content: a checkout changes the lockfile's time
 * without changing a version, and an installation writes its two files in either order.
 * @param {string} root
 * @returns {boolean}
 */
function dependenciesAreCurrent(root) {
  /** @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }>} */
  const packages = (/** @type {string} */ file) =>
    JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
  try {
    const wanted = packages('package-lock.json');
    const present = packages('node_modules/.package-lock.json');
    return Object.entries(wanted).every(([name, { version, optional }]) => {
      if (name === '' || (optional && !present[name])) return true;
      return present[name]?.version === version && fs.existsSync(path.join(root, name));
    });
  } catch {
    return false;
  }
}

/**
 * @param {{ root: string, log: string, note: (text: string) => void, signal?: AbortSignal }} options
 */
async function installDependencies({ root, log, note, signal }) {
  if (dependenciesAreCurrent(root)) return note('up to date');
  note('npm ci');
  // The build and the tests need the development packages, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  await run('npm', args, { cwd: root, log, signal });
}

module.exports = { installSystemPackages, installDependencies, dependenciesAreCurrent, planInstall };

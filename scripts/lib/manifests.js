'use strict';
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { which } = require('./binaries');

/**
 * The manifests that the overlays of deploy/kubernetes come to, kept beside them: a change is reviewed as what it does
 * to the cluster, and they can be checked where kustomize is missing. Each begins with the digest of its sources.
 */
const folder = path.resolve(__dirname, '../../deploy/kubernetes');
const OVERLAYS = ['staging', 'production'];

/** @param {string} overlay @returns {string[]} every file that it is made of */
const sources = (overlay) =>
  ['base', `overlays/${overlay}`].flatMap((name) =>
    fs
      .readdirSync(path.join(folder, name))
      .sort()
      .map((file) => path.join(folder, name, file)),
  );

/** @param {string} overlay @returns {string} */
function digest(overlay) {
  const hash = createHash('sha256');
  for (const file of sources(overlay))
    hash.update(`${path.relative(folder, file)}\n`).update(fs.readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} overlay @returns {string} where its manifests are kept */
const renderedFile = (overlay) => path.join(folder, 'rendered', `${overlay}.yaml`);

/** @param {string} command @param {string[]} args @returns {boolean} whether it is, or has in it, kustomize 5 or newer */
function isRecent(command, args) {
  try {
    const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    // kubectl says it in a field, kustomize alone says nothing else.
    const version = /(?:kustomizeVersion:\s*|^)v?(\d+)\./m.exec(text)?.[1];
    return Number(version) >= 5;
  } catch {
    return false;
  }
}

/** @returns {string[] | undefined} the command that renders a folder, undefined when there is none (that is new enough) */
function renderer() {
  const kustomize = which('kustomize');
  if (kustomize && isRecent(kustomize, ['version'])) return [kustomize, 'build'];
  const kubectl = which('kubectl');
  return kubectl && isRecent(kubectl, ['version', '--client', '--output=yaml'])
    ? [kubectl, 'kustomize']
    : undefined;
}

/**
 * @param {string} overlay
 * @returns {string}
 * @throws when neither kustomize nor kubectl is installed, or both are old
 */
function render(overlay) {
  const [command, ...args] = renderer() ?? [];
  if (!command)
    throw new Error('Install kubectl (1.27 or newer) or kustomize (5): they render the manifests.');
  const text = execFileSync(command, [...args, path.join(folder, 'overlays', overlay)], { encoding: 'utf8' });
  return `# Made by \`npm run manifests\` from sources ${digest(overlay)}\n${text}`;
}

module.exports = { OVERLAYS, folder, sources, digest, renderedFile, renderer, render };

'use strict';
const path = require('node:path');
const { DATABASE } = require('./environment');
const { copyToReplicas, setReplicasAside } = require('./replica-copy');
const { capture, run } = require('./run');

/** The operator's tool, after the build. */
const CLI = 'dist/apps/cli/src/main.js';

/** From so many products on the replicas are made copies of the primary, instead of doing its work again. */
const COPY_FROM = 100_000;

/**
 * @typedef {object} Context
 * @property {string} root
 * @property {string} logs folder
 * @property {import('./steps').Steps} steps
 * @property {NodeJS.ProcessEnv} env the application's
 * @property {AbortSignal} [signal]
 */

/** @param {Context} context */
async function migrate({ root, logs, steps, env, signal }) {
  const log = path.join(logs, 'migrate.log');
  await steps.step('migrations', () =>
    run(process.execPath, [CLI, 'migrate'], { cwd: root, env, log, signal }),
  );
}

/**
 * @param {Context} context
 * @param {number | undefined} products
 */
async function seed({ root, logs, steps, env, signal }, products) {
  const args = [CLI, 'seed', ...(products === undefined ? [] : ['--products', String(products)])];
  // On a terminal the seed draws its own progress bar.
  const ownOutput = Boolean(process.stdout.isTTY);
  const log = ownOutput ? undefined : path.join(logs, 'seed.log');
  await steps.step('seed', () => run(process.execPath, args, { cwd: root, env, log, signal }), { ownOutput });
}

/**
 * Migrates the private schema and fills it when it holds nothing.
 * @param {Context} context
 * @param {object} options
 * @param {import('./servers').Servers} options.servers
 * @param {number} [options.products] how many to make
 * @param {import('./up-state').UpFiles} options.files
 * @returns {Promise<string>} what is in the database, in words
 */
async function prepareCatalogue(context, { servers, products, files }) {
  const { primary } = servers;
  if (files.read().seeding) {
    context.steps.say('  An earlier run was stopped while it seeded: its half-filled schema is made again.');
    await primary.sql(`DROP DATABASE IF EXISTS ${DATABASE}`);
  }
  await primary.sql(
    `CREATE DATABASE IF NOT EXISTS ${DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
  await migrate(context);
  const before = await countProducts(primary);
  if (before > 0) {
    const kept =
      products === undefined ? '' : ' (--products is for an empty database: npm run down -- --delete)';
    return `${before.toLocaleString('en')} products from an earlier run, kept${kept}`;
  }
  const large = products !== undefined && products >= COPY_FROM;
  files.update({ seeding: true });
  if (large) await setReplicasAside(servers);
  await seed(context, products);
  files.update({ seeding: undefined });
  if (large) await context.steps.step('replicas as copies of the primary', () => copyToReplicas(servers));
  return `${(await countProducts(primary)).toLocaleString('en')} products, seeded now`;
}

/** @param {import('./mariadb').MariaServer} primary */
async function countProducts(primary) {
  const rows = await primary.sql(`SELECT COUNT(*) FROM ${DATABASE}.products`);
  return Number(rows[0]?.[0] ?? 0);
}

/**
 * @param {Pick<Context, 'root' | 'env'>} context
 * @returns {Promise<string | undefined>} a token for trying things out; none where another issuer signs them
 */
async function developmentToken({ root, env }) {
  if (!env.JWT_SECRET) return undefined;
  const out = await capture(process.execPath, [CLI, 'token', '--role', 'admin'], { cwd: root, env });
  return out
    .split('\n')
    .find((line) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(line.trim()))
    ?.trim();
}

module.exports = { CLI, migrate, seed, prepareCatalogue, developmentToken };

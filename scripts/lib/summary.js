'use strict';

/**
 * @param {Record<string, string | undefined>} env the API's
 * @returns {{ url: string, adminUrl: string }} where the API and its admin port are reached from this machine
 */
function addresses(env) {
  const host = (/** @type {string | undefined} */ name) =>
    !name || ['0.0.0.0', '::', '127.0.0.1'].includes(name) ? 'localhost' : name;
  return {
    url: `http://${host(env.HOST)}:${env.PORT}`,
    adminUrl: `http://${host(env.ADMIN_HOST)}:${env.ADMIN_PORT}`,
  };
}

/**
 * What a reader needs to go on, ready to be pasted.
 * @param {object} run
 * @param {Record<string, string | undefined>} run.env the API's
 * @param {string} run.apiLog
 * @param {boolean} run.detached
 * @param {boolean} [run.already] it was running before
 * @param {string} [run.token] of a development administrator
 * @param {string} [run.data] what is in the database
 * @returns {string}
 */
function summary({ env, apiLog, detached, already, token, data }) {
  const { url, adminUrl } = addresses(env);
  const replicas = (env.DB_REPLICAS ?? '').split(',').filter(Boolean);
  const redis = new URL(env.REDIS_URL ?? 'redis://unknown');
  /** @type {[string, string][]} */
  const rows = [
    ['API', `${url}/api/products`],
    ['docs', `${url}/docs`],
    ['admin', `${adminUrl}/metrics`],
    [
      'primary',
      `${env.DB_HOST}:${env.DB_PORT ?? 3306}  database ${env.DB_NAME ?? 'prior'}, user ${env.DB_USER}`,
    ],
    ...replicas.map((where, i) => /** @type {[string, string]} */ ([`replica ${i + 1}`, where])),
    ['redis', redis.host],
    ['log', apiLog],
  ];
  if (data) rows.push(['data', data]);
  const product = {
    name: 'Jamdani saree',
    slug: `jamdani-saree-${Date.now().toString(36)}`,
    unitPrice: 4500,
    quantity: 5,
  };
  const stop = detached ? 'npm run down' : 'Ctrl-C';
  return [
    '',
    `Prior ${already ? 'is running already' : 'is running'}. ${stop} stops it and its servers; the data stays.`,
    '',
    ...rows.map(([name, text]) => `  ${name.padEnd(10)} ${text}`),
    '',
    'Read:',
    `  curl -i '${url}/api/products?limit=3'`,
    ...(token
      ? [
          'Write:',
          `  curl -i -X POST ${url}/api/products -H 'Content-Type: application/json' \\`,
          `    -H 'Authorization: Bearer ${token}' \\`,
          `    -d '${JSON.stringify(product)}'`,
        ]
      : []),
    '',
  ].join('\n');
}

module.exports = { summary, addresses };

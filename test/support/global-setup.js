'use strict';
const { startServers } = require('../../scripts/lib/servers.js');
const { makeTestDir, sweepTestServers } = require('../../scripts/lib/test-servers.js');

/**
 * Starts the servers that all e2e suites share, unless TEST_PRIMARY and TEST_REDIS name some.
 * The folder is handed on in PRIOR_TEST_DIR: Jest's workers inherit the environment.
 */
module.exports = async () => {
  const { TEST_PRIMARY, TEST_REDIS } = process.env;
  if (TEST_PRIMARY && TEST_REDIS) return;
  await sweepTestServers();
  const dir = makeTestDir();
  process.env.PRIOR_TEST_DIR = dir;
  await startServers({
    dir,
    profile: 'test',
    owned: true,
    replicas: TEST_PRIMARY ? -1 : 2,
    redis: !TEST_REDIS,
  });
};

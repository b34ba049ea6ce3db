'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { startServers, sweep } = require('../../scripts/lib/servers.js');

const PREFIX = 'prior-test-';

/**
 * Starts the servers that all e2e suites share, unless TEST_PRIMARY and TEST_REDIS name some.
 * The folder is handed on in PRIOR_TEST_DIR: Jest's workers inherit the environment.
 */
module.exports = async () => {
  const { TEST_PRIMARY, TEST_REDIS, TMPDIR } = process.env;
  if (TEST_PRIMARY && TEST_REDIS) return;
  const parent = TMPDIR || os.tmpdir();
  await sweep(parent, PREFIX);
  const dir = fs.mkdtempSync(path.join(parent, PREFIX));
  process.env.PRIOR_TEST_DIR = dir;
  await startServers({
    dir,
    profile: 'test',
    owned: true,
    replicas: TEST_PRIMARY ? -1 : 2,
    redis: !TEST_REDIS,
  });
};

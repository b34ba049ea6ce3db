'use strict';
const { attachServers } = require('../../scripts/lib/servers.js');

module.exports = async () => {
  const dir = process.env.PRIOR_TEST_DIR;
  if (dir) await attachServers(dir).stop({ discard: true });
  delete process.env.PRIOR_TEST_DIR;
};

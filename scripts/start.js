'use strict';
/** npm start: the API with the variables of the environment, and below them those of `.env`. */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const path = require('node:path');
const { givenEnv } = require('./lib/environment');
const { PlainError, runMain } = require('./lib/run');

const root = path.resolve(__dirname, '..');

runMain(async () => {
  const name = process.argv.includes('--worker') ? 'main' : 'cluster';
  const script = path.join(root, 'dist/apps/api/src', `${name}.js`);
  if (!fs.existsSync(script)) throw new PlainError('Not built yet: npm ci && npm run build');
  Object.assign(process.env, givenEnv(root));
  // In this very process, so that signals reach the API and nothing stands in between.
  require(script);
});

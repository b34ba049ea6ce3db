'use strict';
/** npm run manifests: renders deploy/kubernetes/overlays into deploy/kubernetes/rendered. */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const { OVERLAYS, render, renderedFile } = require('./lib/manifests');
const { runMain } = require('./lib/run');

runMain(async () => {
  for (const overlay of OVERLAYS) fs.writeFileSync(renderedFile(overlay), render(overlay));
  console.log(`Rendered ${OVERLAYS.join(' and ')} into deploy/kubernetes/rendered`);
});

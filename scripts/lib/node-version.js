'use strict';
// Loaded first and by any Node version: only old syntax here, so that an old one gets a sentence and no SyntaxError.
var fs = require('fs');
var path = require('path');

/**
 * @param {string} version such as v20.19.0
 * @param {string} range such as >=20.19
 */
function satisfies(version, range) {
  var have = version.replace(/^v/, '').split('.').map(Number);
  var want = range.replace(/^>=/, '').split('.').map(Number);
  for (var i = 0; i < want.length; i++) {
    var left = have[i] || 0;
    var right = want[i] || 0;
    if (left !== right) return left > right;
  }
  return true;
}

/** Ends the process with one sentence when this Node is too old for the project. */
function checkNode() {
  var file = path.join(__dirname, '..', '..', 'package.json');
  var range = JSON.parse(fs.readFileSync(file, 'utf8')).engines.node;
  if (satisfies(process.version, range)) return;
  process.stderr.write(
    'Node ' +
      range +
      ' is needed and this is ' +
      process.version +
      '. Install a newer one from https://nodejs.org, ' +
      'or by your version manager (nvm install 24).\n',
  );
  process.exit(1);
}

module.exports = { satisfies: satisfies, checkNode: checkNode };

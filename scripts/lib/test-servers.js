'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { sweep } = require('./servers');

const PREFIX = 'prior-test-';

/** @returns {string} a new folder for servers of a test run */
const makeTestDir = () => fs.mkdtempSync(path.join(os.tmpdir(), PREFIX));

/** Ends servers of test runs that were killed, and deletes their folders. Those of living runs stay. */
const sweepTestServers = () => sweep(os.tmpdir(), PREFIX);

module.exports = { makeTestDir, sweepTestServers };

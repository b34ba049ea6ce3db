'use strict';
const { availableParallelism } = require('node:os');
const { givenEnv } = require('./scripts/lib/environment');

/**
 * PM2, as in the report's Solution 2: `npm run build && pm2 start ecosystem.config.js`, then `pm2 reload prior-api`.
 * One process per core behind one port; the variables are those of .env.example, from PM2's environment or from .env.
 *
 * Each process has an admin port of its own: ADMIN_PORT + its number (9464, 9465 …). Scrape all of them.
 * Without PM2, `npm start` does the same with one admin port for all.
 */
const given = givenEnv(__dirname);
const workers = Number(given.WORKERS) || availableParallelism();
const memoryMb = Number(given.WORKER_MEMORY_LIMIT_MB || 500);

module.exports = {
  apps: [
    {
      name: 'prior-api',
      cwd: __dirname,
      script: './dist/apps/api/src/main.js',
      instances: workers,
      exec_mode: 'cluster',
      // Pools are divided by WORKERS.
      env: { NODE_ENV: 'production', PORT: '3000', ...given, WORKERS: String(workers) },
      // Graceful reload: the next process says when it serves, the last one finishes what it has begun.
      wait_ready: true,
      // ms
      listen_timeout: 30_000,
      // ms; longer than SHUTDOWN_DELAY_MS + SHUTDOWN_GRACE_MS and closing the pools
      kill_timeout:
        Number(given.SHUTDOWN_DELAY_MS || 2_000) + Number(given.SHUTDOWN_GRACE_MS || 10_000) + 5_000,
      // MB as in the application's own setting, where 0 means never.
      ...(memoryMb > 0 && { max_memory_restart: `${memoryMb}M` }),
      autorestart: true,
      exp_backoff_restart_delay: 200,
      watch: false,
      error_file: './logs/err.log',
      out_file: './logs/out.log',
      // The report's log_date_format would be written before each line, and a line is JSON with its own time.
      merge_logs: true,
    },
  ],
};

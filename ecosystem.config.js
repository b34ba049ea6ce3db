'use strict';
/**
 * PM2: `npm run build && pm2 start ecosystem.config.js`. One process for PM2 is the cluster's primary: it starts one
 * worker per core (WORKERS), merges their metrics and passes signals on, so PM2's own cluster mode stays off.
 * Variables come from the environment that PM2 is started in; see .env.example.
 */
module.exports = {
  apps: [
    {
      name: 'prior',
      cwd: __dirname,
      script: 'dist/apps/api/src/cluster.js',
      exec_mode: 'fork',
      instances: 1,
      // ms; longer than SHUTDOWN_DELAY_MS + SHUTDOWN_GRACE_MS
      kill_timeout: 20_000,
      exp_backoff_restart_delay: 200,
      merge_logs: true,
    },
  ],
};

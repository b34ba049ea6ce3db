'use strict';
/**
 * Replicas as copies of their primary's files. After a bulk load that is many times faster than to replay it: every
 * replica would do the primary's work again, on the same processors.
 */
const fs = require('node:fs');
const path = require('node:path');

/** What is one server's own: its logs, its socket, and where it stood in another's log. */
const OWN_FILES =
  /^(?:(?:binlog|relay)[.-].*|binlog|relay|(?:master|relay-log|multi-master)\.info|.*\.pid|sock|slow\.log)$/;

/**
 * Stops the replicas until they are copied. Killed meanwhile, they are copied at the next start, instead of doing again
 * what the primary has done.
 * @param {import('./servers').Servers} servers
 */
async function setReplicasAside(servers) {
  servers.update({ copy: true });
  await Promise.all(servers.replicas.map((replica) => replica.stop()));
}

/**
 * Makes the replicas anew, as copies of the primary as it is now; for that it is stopped. What is interrupted is done
 * again by the next start of the servers.
 * @param {import('./servers').Servers} servers the primary runs
 */
async function copyToReplicas(servers) {
  const { primary, replicas } = servers;
  await setReplicasAside(servers);
  // Nobody moves it on between the question and the copy.
  const [[binlogState = '', position = ''] = []] = await primary.sql(
    'SET GLOBAL read_only = 1; SELECT @@gtid_binlog_state, @@gtid_binlog_pos',
  );
  await primary.stop();
  for (const { data } of replicas) {
    fs.rmSync(data, { recursive: true, force: true });
    await fs.promises.cp(primary.data, data, {
      recursive: true,
      mode: fs.constants.COPYFILE_FICLONE,
      filter: (from) => path.dirname(from) !== primary.data || !OWN_FILES.test(path.basename(from)),
    });
  }
  await primary.start();
  await Promise.all(replicas.map((replica) => replica.startAt({ binlogState, position })));
  servers.update({ copy: undefined });
}

module.exports = { copyToReplicas, setReplicasAside };

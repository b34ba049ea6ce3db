'use strict';
/**
 * Replicas as copies of their primary's files. After a bulk load that is many times faster than to replay it: every
 * replica would do the primary's work again, on the same processors.
 */
const fs = require('node:fs');
const path = require('node:path');

/** What is one server's own: its binary and relay logs, and where it stood in another's. */
const OWN_FILES =
  /^(?:(?:binlog|relay)[.-].*|binlog|relay|(?:master|relay-log)\.info|.*\.pid|multi-master\.info)$/;

/**
 * Makes the replicas anew, as copies of the primary as it is now; for that it is stopped. A copy that is interrupted is
 * finished by the next start of the servers.
 * @param {import('./servers').Servers} servers
 */
async function copyToReplicas(servers) {
  await Promise.all(servers.replicas.map((replica) => replica.stop()));
  const [[binlogState, position] = ['', '']] = await servers.primary.sql(
    'SELECT @@gtid_binlog_state, @@gtid_binlog_pos',
  );
  await servers.primary.stop();
  servers.update({ copy: { binlogState: binlogState ?? '', position: position ?? '' } });
  await finishCopy(servers);
}

/**
 * @param {import('./servers').Servers} servers none of them runs
 * @throws when there is no copy to be finished
 */
async function finishCopy(servers) {
  const { copy } = servers.state;
  if (!copy) throw new Error('no copy was begun');
  const source = servers.primary.data;
  for (const { data } of servers.replicas) {
    fs.rmSync(data, { recursive: true, force: true });
    await fs.promises.cp(source, data, {
      recursive: true,
      mode: fs.constants.COPYFILE_FICLONE,
      filter: (from) => path.dirname(from) !== source || !OWN_FILES.test(path.basename(from)),
    });
  }
  await servers.primary.start();
  await Promise.all(servers.replicas.map((replica) => replica.startAt(copy)));
  servers.update({ copy: undefined });
}

module.exports = { copyToReplicas, finishCopy };

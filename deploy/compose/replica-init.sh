#!/bin/bash
# Runs once, when the replica's data directory is made. Replication begins when the server starts for good.
set -euo pipefail

MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql --user=root <<SQL
CHANGE REPLICATION SOURCE TO
  SOURCE_HOST = 'mysql-primary',
  SOURCE_PORT = 3306,
  SOURCE_USER = 'replication',
  SOURCE_PASSWORD = '$REPLICATION_PASSWORD',
  SOURCE_AUTO_POSITION = 1,
  -- caching_sha2_password without TLS between the two needs the source's key.
  GET_SOURCE_PUBLIC_KEY = 1,
  SOURCE_CONNECT_RETRY = 2,
  SOURCE_RETRY_COUNT = 86400;
-- Here and not on the command line: the init scripts themselves have to write. From the next start on nobody may.
SET PERSIST_ONLY super_read_only = ON;
-- What was made here on the way is no transaction of this server: it would forbid a later promotion.
RESET BINARY LOGS AND GTIDS;
SQL

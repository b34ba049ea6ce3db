#!/bin/bash
# Runs once, when the primary's data directory is made. The accounts reach the replica by replication.
set -euo pipefail

MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql --user=root <<SQL
CREATE DATABASE prior CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE USER 'replication'@'%' IDENTIFIED BY '$REPLICATION_PASSWORD';
GRANT REPLICATION SLAVE ON *.* TO 'replication'@'%';

-- The API: rows, and what the replica monitor asks. It can change no table.
CREATE USER 'prior'@'%' IDENTIFIED BY '$APP_PASSWORD';
GRANT SELECT, INSERT, UPDATE, DELETE ON prior.* TO 'prior'@'%';
GRANT REPLICATION CLIENT ON *.* TO 'prior'@'%';
-- Only BINLOG_FOLLOW=true needs this one: the follower reads the binlog as a replica does.
GRANT REPLICATION SLAVE ON *.* TO 'prior'@'%';

-- The exporter of the profile `observability` reads counters, no rows.
CREATE USER 'exporter'@'%' IDENTIFIED BY '$EXPORTER_PASSWORD' WITH MAX_USER_CONNECTIONS 5;
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'exporter'@'%';
GRANT SELECT ON performance_schema.* TO 'exporter'@'%';

-- Migrations and bulk loads. Triggers run with the rights of whoever made them.
CREATE USER 'prior_migration'@'%' IDENTIFIED BY '$MIGRATION_PASSWORD';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER, CREATE VIEW, SHOW VIEW,
  CREATE ROUTINE, ALTER ROUTINE, EXECUTE, CREATE TEMPORARY TABLES, LOCK TABLES ON prior.* TO 'prior_migration'@'%';
GRANT REPLICATION CLIENT ON *.* TO 'prior_migration'@'%';
SQL

#!/usr/bin/env node
import { runCli } from './run';
import { migrateCommand } from './commands/migrate';

void runCli([migrateCommand], process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

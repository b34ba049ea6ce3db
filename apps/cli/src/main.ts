#!/usr/bin/env node
import { runCli } from './run';
import { migrateCommand } from './commands/migrate';
import { seedCommand } from './commands/seed';

void runCli([migrateCommand, seedCommand], process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

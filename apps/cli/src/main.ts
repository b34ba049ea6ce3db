#!/usr/bin/env node
import { doctorCommand } from './commands/doctor';
import { exportCommand } from './commands/export';
import { importCommand } from './commands/import';
import { migrateCommand } from './commands/migrate';
import { openapiCommand } from './commands/openapi';
import { seedCommand } from './commands/seed';
import { tokenCommand } from './commands/token';
import { runCli } from './run';

const commands = [
  doctorCommand,
  migrateCommand,
  seedCommand,
  importCommand,
  exportCommand,
  tokenCommand,
  openapiCommand,
];

// Whoever reads the output (`| head`) may stop early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runCli(commands, process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

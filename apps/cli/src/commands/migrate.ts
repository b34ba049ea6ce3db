import { loadConfig } from '@prior/config';
import { migrate } from '@prior/migrations';
import type { Command } from '../command';

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Brings the database up to date: an empty one, or an existing one with products in it.',
  flags: {},
  details:
    'Only what is missing is added, nothing is lost, and each step is printed. Steps that lock a table against\n' +
    'writes say so before they begin. A run that was stopped is simply repeated. Make a backup first all the same.',
  async run() {
    const { database } = loadConfig();
    const server = `${database.primary.host}:${database.primary.port}`;
    console.log(`Migrating ${database.name} on ${server}`);
    const done = await migrate({
      ...database.primary,
      username: database.user,
      password: database.password,
      database: database.name,
      log: (line) => console.log(line),
    });
    console.log(
      done.length === 0 ? 'Nothing to do: the database is up to date.' : `${done.length} migrations done.`,
    );
    return 0;
  },
};

import { migrate } from '../../migrations';
import { createDatabase, type Stack } from './stack';

/** Brings a database of the stack up to date. @returns the lines that were printed */
export async function migrateDatabase(stack: Stack, database: string): Promise<string[]> {
  const lines: string[] = [];
  const { host, port, user, password } = stack.primary;
  await migrate({ host, port, username: user, password, database, log: (line) => lines.push(line) });
  return lines;
}

/** A new, empty, migrated database. @returns its name */
export async function migratedDatabase(stack: Stack): Promise<string> {
  const database = await createDatabase(stack);
  await migrateDatabase(stack, database);
  return database;
}

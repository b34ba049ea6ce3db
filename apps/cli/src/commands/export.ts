import { loadConfig } from '@prior/config';
import type { Command } from '../command';
import { connectPrimary } from '../database';

export const exportCommand: Command = {
  name: 'export',
  summary: "Writes all products as Shopify's product CSV.",
  operands: ['FILE.csv'],
  flags: {},
  details:
    'FILE.csv may be - for standard output. The import reads the file back; docs/import-export.md says what the\n' +
    'format has no place for: reviews and ratings, times, former slugs, revisions.',
  async run({ positionals: [file = ''] }) {
    const { database } = loadConfig();
    const { exportFile } = await import('../export/export.js');
    const { query, close } = await connectPrimary(database);
    try {
      const count = await exportFile(query, file);
      if (file !== '-') console.log(`Exported ${count} products to ${file}.`);
      return 0;
    } finally {
      await close();
    }
  },
};

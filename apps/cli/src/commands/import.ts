import { loadConfig } from '@prior/config';
import type { Command } from '../command';
import { connectPrimary } from '../database';

export const importCommand: Command = {
  name: 'import',
  summary: "Imports a shop's products from Shopify's product CSV: new ones are made, known ones changed.",
  operands: ['FILE.csv'],
  flags: {
    'dry-run': { type: 'boolean', help: 'say what would happen, change nothing' },
    json: { type: 'boolean', help: 'print the report as JSON, with every problem' },
  },
  details:
    'A product is known by its handle, which becomes its slug. Columns that the file lacks are left as they are.\n' +
    'A product with a wrong line is skipped whole, with line, column and reason; the status is then 1.\n' +
    'docs/import-export.md says what becomes of each column.',
  async run({ values, positionals: [file = ''] }) {
    const { database } = loadConfig();
    const { importFile } = await import('../import/import.js');
    const { describe } = await import('../import/report.js');
    const { query, close } = await connectPrimary(database);
    try {
      const report = await importFile(query, file, values['dry-run'] === true);
      console.log(values['json'] === true ? JSON.stringify(report, null, 2) : describe(report));
      return report.skipped > 0 ? 1 : 0;
    } finally {
      await close();
    }
  },
};

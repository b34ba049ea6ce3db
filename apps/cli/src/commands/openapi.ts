import { writeFile } from 'node:fs/promises';
import type { Command } from '../command';

export const openapiCommand: Command = {
  name: 'openapi',
  summary: 'Writes the API’s description (OpenAPI 3.1, JSON). Needs no servers and no configuration.',
  flags: { output: { type: 'string', value: 'FILE', help: 'default: standard output' } },
  async run({ values: { output } }) {
    const { renderOpenApi } = await import('../../../api/src/openapi.js');
    const document = await renderOpenApi();
    if (typeof output === 'string') await writeFile(output, document);
    else process.stdout.write(document);
    return 0;
  },
};

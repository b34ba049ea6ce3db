import { loadConfig } from '@prior/config';
import { createApp } from './app.factory';
import { openApiDocument } from './documentation';

/** Enough of an environment for an application that connects to nothing. */
const PREVIEW = {
  DB_HOST: 'preview',
  DB_USER: 'preview',
  REDIS_URL: 'redis://preview',
  JWT_SECRET: 'preview: this one signs and verifies nothing',
};

/** The OpenAPI document as JSON text, made without any server. */
export async function renderOpenApi(): Promise<string> {
  const app = await createApp(loadConfig(PREVIEW), { preview: true });
  return `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
}

if (require.main === module) {
  void renderOpenApi().then((text) => process.stdout.write(text));
}

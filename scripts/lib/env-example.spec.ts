import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describeVariables, loadConfig } from '@prior/config';

const text = readFileSync(resolve(__dirname, '../../.env.example'), 'utf8');
const commented = [...text.matchAll(/^#([A-Z0-9_]+)=(.*)$/gm)];

it('.env.example explains every variable that there is, and no other', () => {
  expect(commented.map(([, name]) => name)).toEqual(describeVariables().map(({ name }) => name));
  for (const { meta } of describeVariables()) expect(text).toContain(`# ${meta.description}`);
});

it('.env.example works when its examples are taken as they are', () => {
  const one = commented.filter(([, name]) => name !== 'JWT_JWKS_URL').map(([line]) => line.slice(1));
  const env = parseEnv(one.join('\n'));
  expect(() => loadConfig({ ...env, JWT_SECRET: 'x'.repeat(32) })).not.toThrow();
});

it('copying it unchanged sets nothing', () => {
  expect(parseEnv(text)).toEqual({});
});

import { createHmac } from 'node:crypto';

const encodings = { hex: 'hex', base64: 'base64', base64rawurl: 'base64url' };

export const hmac = (algorithm, secret, data, encoding) =>
  createHmac(algorithm, secret).update(data).digest(encodings[encoding]);

import { Buffer } from 'node:buffer';

const encodings = { std: 'base64', rawurl: 'base64url' };

export const b64encode = (text, encoding = 'std') => Buffer.from(text).toString(encodings[encoding]);

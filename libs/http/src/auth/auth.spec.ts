import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AppConfig, loadConfig } from '@prior/config';
import { exportJWK, SignJWT } from 'jose';
import { Problem } from '../problems/problem';
import { Authenticator } from './authenticator';
import { credentialsOf } from './credentials';
import { isSameSite } from './csrf';
import { signDevToken } from './dev-token';
import { KeysUnavailable } from './keys';
import { TokenVerifier } from './token-verifier';

const secret = 'a secret of more than thirty-two characters';
const base = { DB_HOST: 'x', DB_USER: 'x', REDIS_URL: 'redis://x' };
const config = loadConfig({ ...base, JWT_SECRET: secret, CORS_ORIGINS: 'https://shop.example.com' });

const nowS = () => Math.floor(Date.now() / 1_000);
const good = () => ({ sub: 'u-1', role: 'customer', iss: 'prior', aud: 'prior-api', exp: nowS() + 60 });
const sign = (claims: object, key = secret, alg = 'HS256') =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));

describe('TokenVerifier with a secret', () => {
  const verify = async (token: string) => new TokenVerifier(config.auth).verify(token);

  it('takes a good token', async () => {
    expect(await verify(await sign({ ...good(), name: 'Rina' }))).toEqual({
      subject: 'u-1',
      role: 'customer',
      name: 'Rina',
    });
    expect(await verify(await signDevToken(config.auth, { role: 'admin' }))).toEqual({
      subject: 'dev-admin',
      role: 'admin',
    });
  });

  it.each([
    ['another key', () => sign(good(), 'another secret of more than thirty-two characters')],
    ['another HMAC', () => sign(good(), secret.repeat(2), 'HS512')],
    ['another issuer', () => sign({ ...good(), iss: 'x' })],
    ['another audience', () => sign({ ...good(), aud: 'x' })],
    ['an expired one', () => sign({ ...good(), exp: nowS() - 31 })],
    ['one of the future', () => sign({ ...good(), nbf: nowS() + 40 })],
    ['one without end', () => sign({ ...good(), exp: undefined })],
    ['one without subject', () => sign({ ...good(), sub: undefined })],
    ['an empty subject', () => sign({ ...good(), sub: '' })],
    ['an unknown role', () => sign({ ...good(), role: 'root' })],
    ['no role', () => sign({ ...good(), role: undefined })],
    [
      'alg none',
      async () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good())).toString('base64url')}.`,
    ],
    ['rubbish', async () => 'a.b.c'],
    ['nothing', async () => ''],
    ['a huge one', async () => 'a'.repeat(10_000)],
  ])('refuses %s', async (_, make) => expect(await verify(await make())).toBeNull());

  it('bears clocks that differ by less than 30 s', async () => {
    expect(await verify(await sign({ ...good(), exp: nowS() - 20, nbf: nowS() + 20 }))).not.toBeNull();
  });

  it('forgets a token when it expires', async () => {
    const verifier = new TokenVerifier(config.auth);
    const token = await sign(good());
    expect(verifier.recall(token)).toBeUndefined();
    await verifier.verify(token);
    expect(verifier.recall(token)).toMatchObject({ subject: 'u-1' });
    jest.useFakeTimers({ now: Date.now() + 120_000, doNotFake: ['nextTick', 'setImmediate'] });
    try {
      expect(verifier.recall(token)).toBeUndefined();
      expect(await verifier.verify(token)).toBeNull();
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('TokenVerifier with a key set', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let server: Server;
  let auth: AppConfig['auth'];

  beforeAll(async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    server = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const JWT_JWKS_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    auth = loadConfig({ ...base, JWT_JWKS_URL, CONSISTENCY_SECRET: secret }).auth;
  });
  afterAll(() => server.close());

  const es256 = (kid: string) =>
    new SignJWT(good()).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);

  it('takes a token of a key in the set, no other', async () => {
    const verifier = new TokenVerifier(auth);
    expect(await verifier.verify(await es256('k1'))).toMatchObject({ subject: 'u-1' });
    expect(await verifier.verify(await es256('k2'))).toBeNull();
  });

  it('does not take the public key for an HMAC secret', async () => {
    const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await new TokenVerifier(auth).verify(await sign(good(), spki))).toBeNull();
  });

  it('says when the keys cannot be fetched instead of calling the token bad', async () => {
    const closed = { ...auth, jwksUrl: 'http://127.0.0.1:1/jwks.json' };
    await expect(new TokenVerifier(closed).verify(await es256('k1'))).rejects.toThrow(KeysUnavailable);
    const authorization = `Bearer ${await es256('k1')}`;
    await expect(
      new Authenticator({ ...config, auth: closed }).require('GET', { authorization }),
    ).rejects.toMatchObject({ code: 'auth_unavailable' });
  });
});

describe('credentialsOf', () => {
  it.each([
    [{ authorization: 'Bearer abc' }, { token: 'abc', from: 'header' }],
    [{ authorization: 'bearer  abc' }, { token: 'abc', from: 'header' }],
    [{ cookie: 'a=1; auth_token=abc; b=2' }, { token: 'abc', from: 'cookie' }],
    [{ cookie: 'auth_token="abc"' }, { token: 'abc', from: 'cookie' }],
    [
      { authorization: 'Bearer abc', cookie: 'auth_token=def' },
      { token: 'abc', from: 'header' },
    ],
    [{ authorization: 'Basic abc' }, { token: '', from: 'header' }],
    [{ cookie: 'auth_token=' }, undefined],
    [{ cookie: 'my_auth_token=abc' }, undefined],
    [{}, undefined],
  ])('%j', (headers, expected) => expect(credentialsOf(headers)).toEqual(expected));
});

describe('isSameSite', () => {
  const host = 'api.example.com';
  const allowed = ['https://shop.example.com'];
  it.each([
    ['POST', { host, origin: 'https://shop.example.com' }, true],
    ['POST', { host, origin: 'https://api.example.com' }, true],
    ['POST', { host, 'sec-fetch-site': 'same-origin' }, true],
    ['GET', { host, origin: 'https://evil.example' }, true],
    ['POST', { host, origin: 'https://evil.example' }, false],
    ['POST', { host, origin: 'https://shop.example.com.evil.example' }, false],
    ['POST', { host, origin: 'null' }, false],
    ['POST', { host, origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
    ['POST', { host, 'sec-fetch-site': 'same-site' }, false],
    ['DELETE', { host }, false],
  ])('%s %j is %s', (method, headers, expected) =>
    expect(isSameSite(method, headers, allowed)).toBe(expected),
  );
});

describe('Authenticator', () => {
  const authenticator = new Authenticator(config);
  const code = async (method: string, headers: IncomingHttpHeaders): Promise<string> =>
    authenticator.require(method, headers).then(
      () => 'ok',
      (error: unknown) => (error as Problem).code,
    );

  it('asks for a token, and says when one is bad', async () => {
    expect(await code('GET', {})).toBe('token_missing');
    expect(await code('GET', { authorization: 'Bearer x' })).toBe('token_invalid');
    await expect(authenticator.require('GET', { authorization: 'Bearer x' })).rejects.toMatchObject({
      headers: { 'www-authenticate': 'Bearer realm="prior", error="invalid_token"' },
    });
  });

  it('checks the origin of a cookie, not that of a bearer token', async () => {
    const token = await signDevToken(config.auth, { role: 'customer' });
    expect(await code('POST', { cookie: `auth_token=${token}`, origin: 'https://evil.example' })).toBe(
      'csrf',
    );
    expect(await code('POST', { cookie: `auth_token=${token}`, origin: 'https://shop.example.com' })).toBe(
      'ok',
    );
    expect(await code('POST', { authorization: `Bearer ${token}`, origin: 'https://evil.example' })).toBe(
      'ok',
    );
  });
});

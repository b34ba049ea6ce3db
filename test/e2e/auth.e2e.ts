import { startApp, type TestApp } from '../support/app';
import { ProbeModule } from '../support/probe-routes';

jest.setTimeout(120_000);

let api: TestApp;

beforeAll(async () => {
  api = await startApp({ modules: [ProbeModule], env: { CORS_ORIGINS: 'https://shop.example.com' } });
});
afterAll(() => api.close());

const mine = (headers: Record<string, string>) =>
  api.inject({ method: 'POST', url: '/api/probe/mine', headers });
const remove = (headers: Record<string, string>) =>
  api.inject({ method: 'DELETE', url: '/api/probe/things/x', headers });
const cookieOf = ({ authorization }: { authorization: string }) =>
  `other=1; auth_token=${authorization.slice('Bearer '.length)}`;

it('asks for a token, RFC 6750', async () => {
  const answer = await mine({});
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="prior"');
  expect(answer.json()).toMatchObject({ code: 'token_missing' });
});

it.each(['Bearer nonsense', 'Bearer', 'Basic dXNlcjpwYXNz', 'Bearer a.b.c', `Bearer ${'x'.repeat(5_000)}`])(
  'refuses %.20s',
  async (authorization) => {
    const answer = await mine({ authorization });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  },
);

it('knows the caller', async () => {
  expect((await mine(await api.signIn('customer', 'u-7'))).json()).toEqual({
    subject: 'u-7',
    role: 'customer',
  });
});

it('lets in the roles that are named, no other', async () => {
  const statuses = await Promise.all(
    (['admin', 'service', 'customer'] as const).map(
      async (role) => (await remove(await api.signIn(role))).statusCode,
    ),
  );
  expect(statuses).toEqual([200, 200, 403]);
});

it('takes the cookie for writes from our own pages only', async () => {
  const cookie = cookieOf(await api.signIn('customer'));
  const answers = await Promise.all([
    mine({ cookie, origin: 'https://shop.example.com' }),
    mine({ cookie, origin: 'https://evil.example' }),
    mine({ cookie, 'sec-fetch-site': 'cross-site' }),
    mine({ cookie }),
  ]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 403, 403, 403]);
  expect(answers[1]?.json()).toMatchObject({ code: 'csrf' });
});

it('does not keep a reader out whose token is no good', async () => {
  for (const headers of [{ authorization: 'Bearer nonsense' }, { cookie: 'auth_token=nonsense' }]) {
    const answer = await api.inject({ url: '/api/probe/context', headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ signedIn: true });
    expect(answer.headers['cache-control']).toBe('private, no-store');
  }
});

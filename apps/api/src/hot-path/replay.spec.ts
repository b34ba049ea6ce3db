import type { CachedAnswer, Variant } from '@prior/cache';
import { Distribution } from '@prior/telemetry';
import { isPlain, variantName } from './plain';
import { Template } from './replay';
import { OFTEN } from './sending';

const options = { seriesOf: () => new Distribution([1]), limit: undefined };
const HEADERS = {
  vary: 'Accept-Encoding',
  'cache-tag': 'p',
  'content-type': 'text/plain',
  'x-request-id': '1',
  etag: '"old"',
};
const END = 'Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\n';

interface Given {
  body?: Buffer;
  encoding?: 'br';
  entry?: Record<string, unknown>;
  headers?: Record<string, unknown>;
}

const fill = ({ body = Buffer.from('{}'), encoding, entry = {}, headers = HEADERS }: Given = {}) => {
  const own = {
    etag: '"a"',
    contentType: 'application/json',
    headers: {},
    tags: ['p'],
    expiresAt: 0,
    ...entry,
  };
  const answer = { held: { entry: own }, outcome: 'HIT', detail: 'l2' } as unknown as CachedAnswer;
  return Template.of(headers, options)?.fill(answer, { body, encoding } as Variant);
};
/** Often within one second, so that it is kept, and once in the next. Unix time, ms. */
const times = [...Array.from({ length: OFTEN + 2 }, (_, i) => 1_000 + i), 2_000];
const timeless = (head: string | undefined) => head?.replace(/ttl=-?\d+/, 'ttl=T');

describe('a hit that is sent again', () => {
  it('keeps what is everybody’s, has the entry’s own, and leaves out what is made anew', () => {
    const replay = fill({ entry: { headers: { link: '</x>; rel="next"' } } });
    const own = 'cache-tag: p\r\netag: "a"\r\n';
    const link = 'link: </x>; rel="next"\r\n';
    const vary = 'vary: Accept-Encoding\r\n';
    const status = 'cache-status: Prior; hit; ttl=T; detail=l2\r\n';
    expect(timeless(replay?.whole.head(0, 0))).toBe(
      `HTTP/1.1 200 OK\r\n${vary}content-type: application/json\r\n${own}${link}content-length: 2\r\n${status}${END}`,
    );
    expect(timeless(replay?.notModified.head(0, 0))).toBe(
      `HTTP/1.1 304 Not Modified\r\n${vary}${own}${status}${END}`,
    );
  });

  it('names its encoding in its validator, and to whoever gets a body', () => {
    const replay = fill({ encoding: 'br', headers: { ...HEADERS, 'content-encoding': 'br' } });
    expect(replay?.etag).toBe('"a+br"');
    expect(replay?.whole.head(0, 0)).toContain('content-encoding: br\r\n');
    expect(replay?.notModified.head(0, 0)).not.toContain('content-encoding');
  });

  it('tells the time of its second', () => {
    const replay = fill({ entry: { expiresAt: Date.now() + 60_000 } })!;
    const heads = times.map((now) => replay.whole.head(now, 75_500));
    expect(heads[0]).toContain('Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n');
    const second = heads.slice(0, -1);
    expect(second).toEqual(second.map(() => heads[0]));
    expect(heads.at(-1)).toContain('Date: Thu, 01 Jan 1970 00:00:02 GMT\r\n');
    expect(heads.at(-1)).toContain('Keep-Alive: timeout=75\r\n');
    expect(heads.at(-1)).toMatch(/ttl=(59|60);/);
  });

  it('has the bytes of its body', () => {
    const body = Buffer.from('মগ');
    const { whole } = fill({ body })!;
    const bodies = times.map((now) => {
      whole.head(now, 0);
      return whole.body;
    });
    expect(bodies).toEqual(bodies.map(() => body));
  });

  it('is none where it would be kept twice in vain, has no validator, or could not be sent', () => {
    expect(fill({ body: Buffer.alloc(300_000) })).toBeUndefined();
    expect(fill({ entry: { etag: '' } })).toBeUndefined();
    expect(fill({ entry: { headers: { link: '<a>\r\nset-cookie: x' } } })).toBeUndefined();
    expect(fill({ entry: { headers: { link: '</মগ>' } } })).toBeUndefined();
    expect(() => Template.of({ ...HEADERS, vary: 'a\r\nb' }, options)).toThrow('Invalid character');
  });

  it('is none where it would have to be private: nobody could purge it by its tags', () => {
    expect(fill({ headers: { vary: 'Accept-Encoding' } })).toBeUndefined();
    expect(
      fill({ entry: { tags: Array.from({ length: 1_000 }, (_, i) => `product:${i}`) } }),
    ).toBeUndefined();
  });

  it.each(['set-cookie', 'x-consistency-token', 'x-somebody'])('is none with a header like %s', (name) => {
    expect(Template.of({ ...HEADERS, [name]: 'x' }, options)).toBeUndefined();
  });
});

describe('a request like everybody else’s', () => {
  it.each([
    [{ authorization: 'Bearer x' }],
    [{ cookie: 'a=b; auth_token=x' }],
    [{ cookie: 'prior_ct=x' }],
    [{ 'x-consistency-token': 'x' }],
    [{ 'content-length': '0' }],
    [{ 'content-encoding': 'gzip' }],
    [{ 'transfer-encoding': 'chunked' }],
  ])('is not one with %j', (headers) => {
    expect(isPlain(headers)).toBe(false);
  });

  it('may carry cookies that say nothing to us', () => {
    expect(isPlain({ cookie: '_ga=GA1.1; theme=dark', accept: '*/*' })).toBe(true);
  });

  it('tells encodings and origins apart', () => {
    const names = [
      variantName(undefined, undefined),
      variantName('br', undefined),
      variantName(undefined, 'br'),
    ];
    expect(new Set([...names, variantName('br', 'https://shop.example')]).size).toBe(4);
  });
});

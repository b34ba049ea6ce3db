import { Distribution } from '@prior/telemetry';
import { isPlain, variantName } from './plain';
import { Replay } from './replay';

const options = { seriesOf: () => new Distribution([1]), limit: undefined, cacheStatus: () => 'Prior; hit' };
const body = Buffer.from('{}');

describe('a hit that is sent again', () => {
  it('keeps what is everybody’s and leaves out what is made anew', () => {
    const headers = { etag: '"a"', vary: 'Accept-Encoding', 'content-type': 'application/json', 'x-request-id': '1' };
    const replay = Replay.of(headers, body, options);
    const ending = 'cache-status: Prior; hit\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\n';
    expect(replay?.whole.head(0, 0)).toBe(
      'HTTP/1.1 200 OK\r\netag: "a"\r\nvary: Accept-Encoding\r\ncontent-type: application/json\r\n' +
        `content-length: 2\r\n${ending}`,
    );
    expect(replay?.notModified.head(0, 0)).toBe(
      `HTTP/1.1 304 Not Modified\r\netag: "a"\r\nvary: Accept-Encoding\r\n${ending}`,
    );
  });

  it('tells the time of its second', () => {
    let ttl = 5;
    const replay = Replay.of({ etag: '"a"' }, body, { ...options, cacheStatus: () => `ttl=${(ttl -= 1)}` })!;
    const heads = [1_000, 1_999, 2_000].map((now) => replay.whole.head(now, 75_500));
    expect(heads[0]).toContain('cache-status: ttl=4\r\nDate: Thu, 01 Jan 1970 00:00:01 GMT\r\n');
    expect(heads[1]).toBe(heads[0]);
    expect(heads[2]).toContain('cache-status: ttl=3\r\nDate: Thu, 01 Jan 1970 00:00:02 GMT\r\n');
    expect(heads[2]).toContain('Keep-Alive: timeout=75\r\n');
  });

  it('has the bytes of its body, one character each', () => {
    const bytes = Buffer.from('মগ');
    const { body: text } = Replay.of({ etag: '"a"' }, bytes, options)!.whole;
    expect(Buffer.from(text, 'latin1')).toEqual(bytes);
  });

  it('is none where it would be kept twice in vain, and never one that could not be sent', () => {
    expect(Replay.of({ etag: '"a"' }, Buffer.alloc(300_000), options)).toBeUndefined();
    expect(() => Replay.of({ etag: '"a"', link: '<a>\r\nset-cookie: x' }, body, options)).toThrow('Invalid character');
    expect(() => Replay.of({ etag: '"a"', link: '</মগ>' }, body, options)).toThrow('Invalid character');
  });

  it.each(['set-cookie', 'x-consistency-token', 'x-somebody'])('is none with a header like %s', (name) => {
    expect(Replay.of({ etag: '"a"', [name]: 'x' }, body, options)).toBeUndefined();
  });

  it('is none without a validator', () => {
    expect(Replay.of({ vary: 'Accept-Encoding' }, body, options)).toBeUndefined();
  });
});

describe('a request like everybody else’s', () => {
  it.each([
    [{ authorization: 'Bearer x' }],
    [{ cookie: 'a=b; auth_token=x' }],
    [{ cookie: 'prior_ct=x' }],
    [{ 'x-consistency-token': 'x' }],
    [{ 'content-length': '0' }],
    [{ 'transfer-encoding': 'chunked' }],
  ])('is not one with %j', (headers) => {
    expect(isPlain(headers)).toBe(false);
  });

  it('may carry cookies that say nothing to us', () => {
    expect(isPlain({ cookie: '_ga=GA1.1; theme=dark', accept: '*/*' })).toBe(true);
  });

  it('tells encodings and origins apart', () => {
    const names = [variantName(undefined, undefined), variantName('br', undefined), variantName(undefined, 'br')];
    expect(new Set([...names, variantName('br', 'https://shop.example')]).size).toBe(4);
  });
});

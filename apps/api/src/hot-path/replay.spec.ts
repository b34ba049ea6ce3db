import { Distribution } from '@prior/telemetry';
import { isPlain, variantName } from './plain';
import { Replay } from './replay';

const options = { seriesOf: () => new Distribution([1]), limit: undefined };
const body = Buffer.from('{}');

describe('a hit that is sent again', () => {
  it('keeps what is everybody’s and leaves out what is made anew', () => {
    const headers = { etag: '"a"', vary: 'Accept-Encoding', 'content-type': 'application/json', 'x-request-id': '1' };
    const replay = Replay.of(headers, body, options);
    expect(replay?.whole.head).toEqual([
      ...['etag', '"a"', 'vary', 'Accept-Encoding', 'content-type', 'application/json', 'content-length', '2'],
    ]);
    expect(replay?.notModified).toMatchObject({ status: 304, head: ['etag', '"a"', 'vary', 'Accept-Encoding'] });
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

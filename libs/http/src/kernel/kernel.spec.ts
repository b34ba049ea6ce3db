import { acceptsJson } from './accept';
import { requestId } from './request-id';

describe('acceptsJson', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'APPLICATION/JSON; charset=utf-8',
    'application/*;q=0.1',
    'text/html;q=0, application/json;q=0.001',
    'application/json, */*;q=0',
  ])('%p does', (accept) => expect(acceptsJson(accept)).toBe(true));

  it.each([
    'text/html',
    'image/*',
    'application/xml',
    'application/json;q=0',
    '*/*;q=0',
    '*/*, application/json;q=0.0',
    'rubbish',
  ])('%p does not', (accept) => expect(acceptsJson(accept)).toBe(false));
});

describe('requestId', () => {
  const idFor = (header: string | undefined) => requestId({ headers: { 'x-request-id': header } });

  it('keeps a sane one', () => expect(idFor('edge-12345678')).toBe('edge-12345678'));

  it.each([undefined, '', 'short', 'x'.repeat(65), 'evil\nline-feed', '<script>alert(1)'])(
    'replaces %p',
    (header) => {
      expect(idFor(header)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

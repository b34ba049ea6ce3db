import { fromBytes, toBytes } from './stored-value';

it.each([
  ['a body with newlines', { a: 'ä\n', body: Buffer.from('{\n"বাংলা"\n}') }],
  ['an empty body', { a: 1, body: Buffer.alloc(0) }],
  ['a body that is no text', { body: Buffer.from([0xff, 0x0a, 0x00]) }],
  ['an object', { body: 'text', n: [1, null] }],
  ['a string', 'line\nline'],
  ['a number', 0],
  ['null', null],
])('keeps %s as it is', (_, value) => {
  expect(fromBytes(toBytes(value))).toEqual(value);
});

it('keeps a body outside of its JSON', () => {
  expect(toBytes({ n: 1, body: Buffer.from('"b"') }).toString()).toBe('{"n":1}\n"b"');
});

import { fromBytes, toBytes } from './stored-value';

it.each([
  ['a body with newlines', { value: { a: 'ä\n', body: Buffer.from('{\n"বাংলা"\n}') }, expires: 12 }],
  ['an empty body', { value: { body: Buffer.alloc(0) }, expires: 12 }],
  ['a body that is no text', { value: { body: Buffer.from([0xff, 0x0a, 0x00]) } }],
  ['an object', { value: { body: 'text', n: [1, null] } }],
  ['a string', { value: 'line\nline' }],
  ['a number', { value: 0, expires: 5 }],
  ['null', { value: null }],
])('keeps %s as it is', (_, wrapped) => {
  expect(fromBytes(toBytes(wrapped))).toEqual(wrapped);
});

it('keeps a body outside of its JSON', () => {
  expect(toBytes({ value: { n: 1, body: Buffer.from('"b"') } }).toString()).toBe('{"value":{"n":1}}\n"b"');
});

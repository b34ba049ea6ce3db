import { Audience } from './audience';

it('is gone when the last one has left, not before', () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const audience = new Audience(a.signal);
  audience.join(b.signal);
  a.abort();
  expect(audience.signal.aborted).toBe(false);
  b.abort();
  expect(audience.signal.aborted).toBe(true);
});

it('stays for somebody who cannot leave', () => {
  const a = new AbortController();
  const audience = new Audience(a.signal);
  audience.join(undefined);
  a.abort();
  expect(audience.signal.aborted).toBe(false);
});

it('notices who was gone before', () => {
  expect(new Audience(AbortSignal.abort()).signal.aborted).toBe(true);
});

it('can wait for another audience', () => {
  const a = new AbortController();
  const inner = new Audience(new Audience(a.signal).signal);
  a.abort();
  expect(inner.signal.aborted).toBe(true);
});

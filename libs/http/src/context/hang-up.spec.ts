import { HangUp } from './hang-up';

it('tells whoever listens, once, and nobody who has left or comes later', () => {
  const one = new HangUp();
  const heard: string[] = [];
  const leaves = () => heard.push('left');
  one.addEventListener('abort', () => heard.push('first'));
  one.addEventListener('abort', leaves);
  one.addEventListener('abort', () => heard.push(`second ${one.aborted}`));
  one.removeEventListener('abort', leaves);
  expect([one.aborted, heard]).toEqual([false, []]);
  one.abort();
  one.abort();
  one.addEventListener('abort', () => heard.push('late'));
  expect([one.aborted, heard]).toEqual([true, ['first', 'second true']]);
});

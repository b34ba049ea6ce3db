import { hashTagOf, slotOf } from './slot';
import { ownerOf, tenureOf, type View, viewOf } from './view';

describe('slotOf', () => {
  it('is the one of the specification', () => {
    expect(slotOf('123456789')).toBe(0x31c3 % 16_384);
    // redis-cli cluster keyslot
    expect(slotOf('foo')).toBe(12_182);
    expect(slotOf('')).toBe(0);
  });

  it('braces in a name do not end the tag', () => {
    expect(hashTagOf('a}b{c')).toBe('prior:a_b_c');
  });
});

const text = (myself: string, lines: Record<string, string>): string =>
  Object.entries(lines)
    .map(([id, rest]) => `${id} ${id === myself ? rest.replace(' ', ' myself,') : rest}`)
    .join('\n');

const before = {
  a: '10.0.0.1:6379@16379 master - 0 0 1 connected 0-5460',
  b: '10.0.0.2:6379@16379 master - 0 0 2 connected 5461-10922 [77-<-a]',
  c: '10.0.0.3:6379@16379 master - 0 0 3 connected 10923-16383',
  d: '10.0.0.4:6379@16379 slave a 0 0 1 connected',
};
const after = {
  ...before,
  a: '10.0.0.1:6379@16379 master,fail - 0 0 1 disconnected',
  d: '10.0.0.4:6379@16379 master - 0 0 4 connected 0-5460',
};
const view = (myself: string, lines: Record<string, string> = before): View => viewOf(text(myself, lines));

describe('viewOf', () => {
  it('takes masters with slots, and knows whether it is one', () => {
    const { voter, masters } = view('b');
    expect(voter).toBe('b');
    expect(masters.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(masters[1]).toMatchObject({ address: '10.0.0.2:6379', epoch: 2, slots: [[5461, 10_922]] });
    expect(view('d').voter).toBeUndefined();
  });

  it('reads addresses as every version writes them', () => {
    const address = (where: string) =>
      viewOf(`a ${where} myself,master - 0 0 1 connected 7`).masters[0]?.address;
    expect(address('10.0.0.1:6379@16379,redis-1.shop.example')).toBe('redis-1.shop.example:6379');
    expect(address('10.0.0.1:6379@16379,')).toBe('10.0.0.1:6379');
    expect(address('10.0.0.1:6379@16379,,shard-id=x')).toBe('10.0.0.1:6379');
    expect(address('fd00::1:6379@16379')).toBe('[fd00::1]:6379');
    expect(address(':6379@16379')).toBe(':6379');
  });
});

describe('ownerOf', () => {
  it('is who a majority of the masters names', () => {
    expect(ownerOf(77, [view('a')])).toBeUndefined();
    expect(ownerOf(77, [view('a'), view('d')])).toBeUndefined(); // a replica has no vote
    expect(ownerOf(77, [view('a'), view('c')])?.id).toBe('a');
    expect(ownerOf(77, [view('b', after), view('c', after)])).toMatchObject({
      id: 'd',
      address: '10.0.0.4:6379',
    });
  });

  it('never is a master that was cut off, whoever listens to it', () => {
    expect(ownerOf(77, [view('a'), view('b', after)])).toBeUndefined();
    expect(ownerOf(77, [view('a'), view('b', after), view('c', after)])?.id).toBe('d');
  });

  it('is not decided by a node that has forgotten the others', () => {
    const alone = view('a', { a: before.a });
    expect(ownerOf(77, [alone, view('b', after)])).toBeUndefined();
    expect(ownerOf(77, [alone], 3)).toBeUndefined();
    expect(ownerOf(77, [alone])?.id).toBe('a');
    // It may have the vote that decides, and does not say who the others are.
    const { masters } = ownerOf(77, [view('b'), alone])!;
    expect(masters.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('has another tenure after it lost the slot and got it back', () => {
    const again = { ...before, a: before.a.replace(' 1 connected', ' 9 connected') };
    const first = ownerOf(77, [view('a'), view('b')]);
    const second = ownerOf(77, [view('a', again), view('b', again)]);
    expect(ownerOf(77, [view('a', again), view('b')])).toBeUndefined();
    expect(second?.id).toBe(first?.id);
    expect(tenureOf(second!)).not.toBe(tenureOf(first!));
  });
});

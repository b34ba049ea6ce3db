import { EarlyLooks } from './early-looks';
import { type Lease, LeaseAhead } from '../protocol/lease';
import type { Look } from './second-tier';

let open = true;
let asked: { key: string; answer: (look: Look) => void }[] = [];
const l2 = {
  look: (key: string) => new Promise<Look>((answer) => asked.push({ key, answer })),
};
const gate = { isOpen: () => open };

beforeEach(() => {
  open = true;
  asked = [];
});
afterEach(() => jest.restoreAllMocks());

it('asks once for all who come together, and anew for those who come later', async () => {
  const looks = new EarlyLooks(l2, gate);
  const [first, second] = [looks.look('a', ['t']), looks.look('a', ['t'])];
  void looks.look('b', ['t']);
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b']);

  const found: Look = {};
  asked[0]!.answer(found);
  expect([await first, await second]).toEqual([found, found]);
  expect(await second).toBe(found);
  void looks.look('a', ['t']);
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b', 'a']);
});

it('lets nobody join a look whose stamp may be older than an answer of L1', () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  const looks = new EarlyLooks(l2, gate);
  void looks.look('a', []);
  now.mockReturnValue(1_200);
  void looks.look('a', []);
  expect(asked).toHaveLength(1);
  now.mockReturnValue(1_201);
  void looks.look('a', []);
  expect(asked).toHaveLength(2);
});

it('gives a lease back when all who share it have dropped it, and not before', async () => {
  const released = jest.fn(() => Promise.resolve());
  const looks = new EarlyLooks(l2, gate);
  const both = [looks.look('a', []), looks.look('a', [])];
  asked[0]!.answer({ lease: new LeaseAhead({ release: released } as unknown as Lease) });
  const [first, second] = [await both[0], await both[1]];
  second!.lease!.drop();
  expect(released).not.toHaveBeenCalled();
  first!.lease!.drop();
  expect(released).toHaveBeenCalledTimes(1);
});

it('asks nothing while it would prove nothing', () => {
  open = false;
  expect(new EarlyLooks(l2, gate).look('a', [])).toBeUndefined();
  expect(asked).toEqual([]);
});

import { EarlyLooks } from './early-looks';
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
  expect(second).toBe(first);
  void looks.look('b', ['t']);
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b']);

  const found: Look = {};
  asked[0]!.answer(found);
  expect(await first).toBe(found);
  void looks.look('a', ['t']);
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b', 'a']);
});

it('lets nobody join a look whose stamp may be older than an answer of L1', () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  const looks = new EarlyLooks(l2, gate);
  const first = looks.look('a', []);
  now.mockReturnValue(1_200);
  expect(looks.look('a', [])).toBe(first);
  now.mockReturnValue(1_201);
  expect(looks.look('a', [])).not.toBe(first);
});

it('asks nothing while it would prove nothing', () => {
  open = false;
  expect(new EarlyLooks(l2, gate).look('a', [])).toBeUndefined();
  expect(asked).toEqual([]);
});

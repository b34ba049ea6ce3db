import { Gathering } from './gathering';
import type { RedisSession } from './session';

/** Commands that leave when they are told to. */
function held() {
  const commands: (() => void)[] = [];
  const sent: string[][] = [];
  const gathering = new Gathering<string, string>(
    (_session, take) =>
      new Promise((resolve, reject) => {
        commands.push(() => {
          const items = take();
          sent.push([...items]);
          if (items.includes('bad')) reject(new Error('refused'));
          else resolve(items.map((item) => `${item}!`));
        });
      }),
  );
  return { gathering, sent, leave: () => commands.shift()!() };
}

const session = {} as RedisSession;

describe('Gathering', () => {
  it('sends what waits as one command, and answers each', async () => {
    const { gathering, sent, leave } = held();
    const answers = ['a', 'b', 'c'].map((item) => gathering.put(session, item));
    leave();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!']);
    const next = gathering.put(session, 'd');
    leave();
    expect(await next).toBe('d!');
    expect(sent).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('keeps sessions apart, and commands short', async () => {
    const { gathering, sent, leave } = held();
    const many = Array.from({ length: 65 }, (_, i) => gathering.put(session, String(i)));
    const other = gathering.put({} as RedisSession, 'x');
    leave();
    leave();
    leave();
    await Promise.all([...many, other]);
    expect(sent.map(({ length }) => length)).toEqual([64, 1, 1]);
  });

  it('one that leaves at once holds one item', async () => {
    const gathering = new Gathering<string, number>((_session, take) => Promise.resolve([take().length]));
    expect(await Promise.all([gathering.put(session, 'a'), gathering.put(session, 'b')])).toEqual([1, 1]);
  });

  it('a failure is that of all of the command, and of nobody who comes later', async () => {
    const { gathering, leave } = held();
    const [one, other] = [gathering.put(session, 'a'), gathering.put(session, 'bad')];
    leave();
    await expect(one).rejects.toThrow('refused');
    await expect(other).rejects.toThrow('refused');
    const refusing = new Gathering<string, string>(() => Promise.reject(new Error('not sent')));
    await expect(refusing.put(session, 'a')).rejects.toThrow('not sent');
    await expect(refusing.put(session, 'b')).rejects.toThrow('not sent');
    const next = gathering.put(session, 'c');
    leave();
    expect(await next).toBe('c!');
  });
});

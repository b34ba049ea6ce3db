import type { RedisSession } from './session';

/** Items of one command: some hundred µs of the server's time at most. */
const MAX_ITEMS = 64;

/** Sends one command for all that `take` returns, which it calls when the command leaves. @returns an answer for each */
export type AskAll<Item, Answer> = (
  session: RedisSession,
  take: () => readonly Item[],
) => Promise<readonly Answer[]>;

interface Batch<Item, Answer> {
  readonly items: Item[];
  readonly answers: Promise<readonly Answer[]>;
}

/** Questions of one kind that wait for the same packet (see Packets) leave as one command. */
export class Gathering<Item, Answer> {
  /** Those that have not left yet. */
  private readonly waiting = new WeakMap<RedisSession, Batch<Item, Answer>>();

  constructor(private readonly ask: AskAll<Item, Answer>) {}

  /** @throws what asking throws, for all of the command */
  put(session: RedisSession, item: Item): Promise<Answer> {
    const batch = this.waiting.get(session);
    if (!batch || batch.items.length >= MAX_ITEMS)
      return this.begin(session, item).then((answers) => answers[0]!);
    const place = batch.items.push(item) - 1;
    return batch.answers.then((answers) => answers[place]!);
  }

  private begin(session: RedisSession, item: Item): Promise<readonly Answer[]> {
    const items = [item];
    let waits = true;
    const leave = () => {
      waits = false;
      if (this.waiting.get(session)?.items === items) this.waiting.delete(session);
    };
    const answers = this.ask(session, () => {
      leave();
      return items;
    });
    if (waits) {
      this.waiting.set(session, { items, answers });
      answers.catch(leave); // it may fail without having left
    }
    return answers;
  }
}

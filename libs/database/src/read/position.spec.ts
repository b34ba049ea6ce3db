import { SharedQuestion } from './position';

/** A primary whose position moves on with every commit, and which answers when told to. */
function primary() {
  const pending: (() => void)[] = [];
  let position = 0;
  let asked = 0;
  return {
    commit: () => (position += 1),
    asked: () => asked,
    answerOne: async () => {
      pending.shift()!();
      await new Promise(setImmediate);
    },
    send: () =>
      new Promise<number>((resolve) => {
        asked += 1;
        pending.push(() => resolve(position));
      }),
  };
}

describe('SharedQuestion', () => {
  it('answers many callers with one question', async () => {
    const db = primary();
    const question = new SharedQuestion(db.send);
    const first = question.ask();
    const waiting = [question.ask(), question.ask(), question.ask()];
    await db.answerOne();
    await first;
    await db.answerOne();
    await Promise.all(waiting);
    expect(db.asked()).toBe(2);
  });

  it('never answers with a question sent before the call', async () => {
    const db = primary();
    const answers: number[] = [];
    // The server reads its position when the question is SENT; the answer comes later.
    const question = new SharedQuestion(async () => {
      const seen = answers.length; // how many commits had happened
      await db.send();
      return seen;
    });
    const early = question.ask();
    answers.push(1); // a commit after the first question was sent
    const late = question.ask();
    await db.answerOne();
    expect(await early).toBe(0);
    await db.answerOne();
    expect(await late).toBe(1);
  });

  it('forgets a question that failed', async () => {
    let fail = true;
    const question = new SharedQuestion(() =>
      fail ? Promise.reject(new Error('down')) : Promise.resolve('here'),
    );
    await expect(question.ask()).rejects.toThrow('down');
    fail = false;
    await expect(question.ask()).resolves.toBe('here');
  });
});

import type { Lab } from '../lab/lab';
import { worthlessTokens } from '../lab/tokens';
import { allQuestions } from '../shop/questions';

/** So often one question is asked in a row: what is read again and again is answered from memory, as in a real shop. */
const LONGEST_WATCH = 60;

/** One client that only reads, as fast as it is answered; now and then with a token that must change nothing. */
export async function reader(lab: Lab, goesOn: () => boolean): Promise<void> {
  const { random } = lab;
  const questions = allQuestions(lab.shop);
  const tokens = worthlessTokens();
  while (goesOn()) {
    const question = random.pick(questions);
    for (let left = 1 + random.integer(LONGEST_WATCH); left > 0 && goesOn(); left -= 1) {
      const headers: Record<string, string> =
        random.integer(40) === 0 ? { 'x-consistency-token': random.pick(tokens) } : {};
      await lab.read(lab.anyNode(), question, { headers });
    }
  }
}

import * as fc from 'fast-check';
import { matchQuery, searchText } from './full-text';

/** What the server does with both: exact tokens, `*` for a prefix, all of them required. */
function found(text: string, question: string): boolean {
  const match = matchQuery(question);
  if (match === null) return false;
  const tokens = text.split(' ').filter((token) => token.length >= 3 && token.length <= 84);
  return match.split(' ').every((term) => {
    const word = term.slice(1);
    return word.endsWith('*') ? tokens.some((t) => t.startsWith(word.slice(0, -1))) : tokens.includes(word);
  });
}

const letters = fc.constantFrom(...'abcxyzAZİßé09_', ...'কখগশাড়িুোৌ্ং৫ড়', ...'яЖΣς中日ł', '\u{10400}');
const word = fc.array(letters, { minLength: 1, maxLength: 40 }).map((all) => all.join(''));

describe('full text', () => {
  it('finds whatever was indexed, by any of its words', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(), (words, pick) => {
        const asked = words[pick % words.length] as string;
        fc.pre(matchQuery(asked) !== null);
        expect(found(searchText('Name', words.join(', ')), asked)).toBe(true);
      }),
    );
  });

  it('writes only words of ASCII that the tokenizer keeps whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const [a, b, c, d, ...tokens] = searchText(text, null).split(' ');
        expect([a, b, c, d].join('')).toMatch(/^[0-9a-f]{8}$/);
        for (const token of tokens) expect(token).toMatch(/^w_[a-z0-9_]{1,78}$/);
      }),
    );
  });

  it('makes the same words of plain ASCII as of the same words in another text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), (text) => {
        const words = (whole: string) => whole.split(' ').slice(4);
        expect(words(searchText(`${text} শাড়ি`, null))).toEqual([
          ...new Set([...words(searchText(text, null)), ...words(searchText('শাড়ি', null))]),
        ]);
      }),
    );
  });

  it('never lets a question hold an operator of boolean mode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (question) => {
        expect(matchQuery(question) ?? '+w_x').toMatch(/^\+w_[a-z0-9_]+( \+w_[a-z0-9_]+)*\*?$/);
      }),
    );
  });

  it.each([
    ['Samsung 4K TV', 'tv', true],
    ['Samsung 4K TV', '4k sams', true],
    ['The Beatles', 'the beat', true],
    ['Café crème', 'CAFE creme', true],
    ['ঢাকাই জামদানি শাড়ি', 'শাড়ি', true],
    ['ঢাকাই জামদানি শাড়ি', 'জামদা', true],
    ['ঢাকাই জামদানি শাড়ি', 'শাড়ি ঢাকাই', true],
    ['৫জি ফোন', '5জি', true],
    ['শাড়ি (ড + nukta)', 'শা\u09dcি', true],
    ['Samsung 4K TV', 'radio', false],
    ['Samsung 4K TV', 't', false],
    ['শাড়ি', 'শাড়া', false],
  ])('%s asked for %s: %s', (text, question, expected) => {
    expect(found(searchText(text, null), question)).toBe(expected);
  });

  it.each(['', '  ', '+-*"()~<>@', '…'])('has no question for %p', (question) =>
    expect(matchQuery(question)).toBeNull(),
  );
});

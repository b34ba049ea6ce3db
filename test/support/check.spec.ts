import { checkOptions, type CheckRow, verdict } from './check';

describe('checkOptions', () => {
  const read = (known: readonly string[], ...args: string[]) =>
    checkOptions({ seconds: 10, gets: 5 }, known, args);

  it('reads numbers and mutants', () => {
    const given = ['--seconds', '3', '--seed', '7', '--mutant', 'no-a', '--mutant', 'no-b'];
    expect(read(['no-a', 'no-b'], ...given)).toEqual({
      seconds: 3,
      gets: 5,
      seed: 7,
      mutants: ['no-a', 'no-b'],
    });
    expect(read([])).toMatchObject({ seconds: 10, gets: 5, mutants: [] });
  });

  it.each(['0', '-1', '1.5', 'x'])('refuses --seconds=%s', (value) => {
    expect(() => read([], `--seconds=${value}`)).toThrow('--seconds must be a whole number above 0');
  });

  it('refuses a mutant that the check does not know, and names those that it does', () => {
    expect(() => read(['no-a', 'no-b'], '--mutant', 'no-a', '--mutant', 'on-a')).toThrow(
      '--mutant must be one of no-a, no-b, not on-a',
    );
    expect(() => read([], '--mutant', 'no-a')).toThrow('--mutant no-a: this check has no mutants');
  });
});

describe('verdict', () => {
  const row = (ok: boolean): CheckRow => ({ what: '', value: '', wanted: '', ok });

  it.each([
    ['passed', [true, true], []],
    ['FAILED: 1 of 2', [true, false], []],
    ['caught: 1 of 2', [true, false], ['no-a']],
    ['NOT caught', [true, true], ['no-a']],
  ])('is "%s"', (words, rows, mutants) => {
    expect(verdict(rows.map(row), mutants)).toBe(words);
  });
});

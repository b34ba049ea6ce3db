import { OperatorError } from '@prior/database';
import { UsageError, wholeNumber, type Command, type Invocation } from './command';
import { runCli } from './run';

let out = '';
let err = '';
beforeEach(() => {
  [out, err] = ['', ''];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void (out += `${text}\n`));
  jest.spyOn(console, 'error').mockImplementation((text: string) => void (err += `${text}\n`));
});
afterEach(() => jest.restoreAllMocks());

let called: Invocation | undefined;
const copy: Command = {
  name: 'copy',
  summary: 'Copies.',
  operands: ['FILE'],
  flags: {
    count: { type: 'string', value: 'N', help: 'how often' },
    dry: { type: 'boolean', help: 'only say it' },
  },
  run: (invocation) => {
    called = invocation;
    return Promise.resolve(0);
  },
};
const failing = (error: unknown): Command => ({
  name: 'fail',
  summary: '',
  flags: {},
  run: () => Promise.reject(error),
});

describe('the tool', () => {
  it('hands flags and operands to the command', async () => {
    expect(await runCli([copy], ['copy', '--count', '3', 'a.csv', '--dry'])).toBe(0);
    expect(called).toMatchObject({ values: { count: '3', dry: true }, positionals: ['a.csv'] });
  });

  it.each([
    [['copy', '--cuont', '3', 'a'], "Unknown option '--cuont'."],
    [['copy'], 'FILE is missing.'],
    [['copy', 'a', 'b'], 'There is one argument too many: "b".'],
    [['copy', 'a', '--count'], /count/],
  ])('answers %p with one error, the usage, and status 64', async (argv, message) => {
    expect(await runCli([copy], argv)).toBe(64);
    expect(err).toMatch(message);
    expect(err).toContain('Usage: prior copy FILE [--count N] [--dry]');
    expect(err).not.toContain('at ');
  });

  it('helps', async () => {
    expect(await runCli([copy], ['copy', '--help'])).toBe(0);
    expect(out).toContain('how often');
    expect(await runCli([copy], ['--help'])).toBe(0);
    expect(out).toContain('Copies.');
    expect(await runCli([copy], ['paste'])).toBe(64);
    expect(err).toContain('There is no command "paste".');
  });

  it('shows what the operator can mend as one line, and a stack only for a fault of ours', async () => {
    expect(await runCli([failing(new OperatorError('Do this.'))], ['fail'])).toBe(1);
    expect(err).toBe('prior fail: Do this.\n');
    err = '';
    await runCli([failing(Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' }))], ['fail']);
    expect(err).toContain('cannot be reached');
    expect(err).not.toContain('run.spec');
    err = '';
    await runCli([failing(new TypeError('x is not a function'))], ['fail']);
    expect(err).toContain('run.spec');
  });

  it.each(['abc', '-1', '1.5', '', '11'])('takes %p for no whole number up to 10', (text) => {
    expect(() => wholeNumber({ values: { n: text }, positionals: [] }, 'n', 5, 0, 10)).toThrow(UsageError);
  });
});

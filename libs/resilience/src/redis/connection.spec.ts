import { generationOf } from './connection';

describe('generationOf', () => {
  const info = (runId: string, replid: string) =>
    `# Server\r\nrun_id:${runId}\r\n# Replication\r\nmaster_replid:${replid}\r\n`;

  it('changes when the process or the replication history changes, and only then', () => {
    const first = generationOf(info('a', 'b'));
    expect(generationOf(info('a', 'b'))).toBe(first);
    expect(generationOf(info('c', 'b'))).not.toBe(first);
    expect(generationOf(info('a', 'c'))).not.toBe(first);
    expect(generationOf(info('a', 'b'), 'another shop')).not.toBe(first);
  });

  it('refuses an answer without a run_id', () => {
    expect(() => generationOf('role:master')).toThrow(/run_id/);
  });
});

import { Worker } from 'node:worker_threads';
import { TimeLimitError, withTimeLimit } from './time-limit';

const never = new Promise<never>(() => undefined);

describe('withTimeLimit', () => {
  it('passes on what comes in time, results and errors', async () => {
    await expect(withTimeLimit(Promise.resolve(3), 1_000)).resolves.toBe(3);
    await expect(withTimeLimit(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
  });

  it('rejects when the limit passes, after ending the work', async () => {
    const ended: string[] = [];
    await expect(withTimeLimit(never, 5, () => void ended.push('closed'))).rejects.toBeInstanceOf(
      TimeLimitError,
    );
    expect(ended).toEqual(['closed']);
  });

  it('rejects with the error that onTimeout returns or throws', async () => {
    await expect(withTimeLimit(never, 5, () => new Error('mine'))).rejects.toThrow('mine');
    await expect(
      withTimeLimit(never, 5, () => {
        throw new Error('thrown');
      }),
    ).rejects.toThrow('thrown');
  });

  it('ignores a failure that comes after the limit', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_, reject) => (fail = reject));
    await expect(withTimeLimit(late, 5)).rejects.toBeInstanceOf(TimeLimitError);
    fail(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('reads what has arrived before it calls anybody late', async () => {
    const arrived = new Int32Array(new SharedArrayBuffer(4));
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      parentPort.once('message', () => { parentPort.postMessage('answer'); Atomics.store(workerData, 0, 1); });`;
    const worker = new Worker(code, { eval: true, workerData: arrived });
    await new Promise((resolve) => worker.once('online', resolve));
    const answer = new Promise((resolve) => worker.once('message', resolve));
    worker.postMessage('question');
    const limited = withTimeLimit(answer, 1);
    // The loop stands still until the limit is over and the answer is there.
    const end = performance.now() + 5;
    while (Atomics.load(arrived, 0) === 0 || performance.now() < end);
    await expect(limited).resolves.toBe('answer');
    await worker.terminate();
  });

  it('gives a question that left at the end of a long turn the time to be answered', async () => {
    const code = `const { parentPort } = require('node:worker_threads');
      parentPort.once('message', () => setTimeout(() => parentPort.postMessage('answer'), 10));`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('online', resolve));
    const answer = new Promise((resolve) => worker.once('message', resolve));
    setImmediate(() => worker.postMessage('question'));
    const limited = withTimeLimit(answer, 5);
    for (const end = performance.now() + 20; performance.now() < end;);
    await expect(limited).resolves.toBe('answer');
    await worker.terminate();
  });
});

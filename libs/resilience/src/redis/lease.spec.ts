import { Lease } from './lease';
import { SeatLost } from './topology';

describe('Lease', () => {
  let now = 0;
  let asked = 0;
  let answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const ask = () => {
    asked += 1;
    return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
  };
  const answer = async () => {
    answers.shift()!.resolve();
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  };
  const taken = async (): Promise<Lease> => {
    const taking = Lease.take(ask);
    await answer();
    return taking;
  };

  beforeEach(() => {
    [now, asked, answers] = [1_000, 0, []];
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => jest.restoreAllMocks());

  it('counts from the question, not from the answer', async () => {
    const lease = await taken();
    expect(lease.valid).toBe(true);
    now += 399;
    const renewed = lease.renew();
    now += 1;
    expect(lease.valid).toBe(false);
    now += 398;
    await answer();
    await renewed;
    expect(lease.valid).toBe(true);
    now += 1;
    expect(lease.valid).toBe(false);
  });

  it('never shares a question that was sent before', async () => {
    const lease = await taken();
    const first = lease.renew();
    const [second, third] = [lease.renew(), lease.renew()];
    expect(asked).toBe(2);
    let done = false;
    void second.then(() => (done = true));
    await answer();
    await first;
    expect(done).toBe(false);
    expect(asked).toBe(3);
    await answer();
    await Promise.all([second, third]);
  });

  it('goes on asking after a failure, and stays ended', async () => {
    const lease = await taken();
    const [first, second] = [lease.renew(), lease.renew()];
    answers.shift()!.reject(new SeatLost('lost'));
    await expect(first).rejects.toThrow(SeatLost);
    await answer();
    await second;
    const late = lease.renew();
    lease.end();
    await answer();
    await late;
    expect(lease.valid).toBe(false);
  });
});

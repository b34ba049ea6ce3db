import { AdmissionRefused, type WorkClass } from '@prior/http';
import { AdmissionGate, type AdmissionGateOptions } from './admission-gate';

/** Work that ends when told to. */
function task() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  let begun = false;
  const work = async () => {
    begun = true;
    await done;
    return 'done';
  };
  return { work, end, begun: () => begun };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const reason = (error: unknown) => (error instanceof AdmissionRefused ? error.reason : error);

describe('AdmissionGate', () => {
  const gates: AdmissionGate[] = [];
  const make = (options: AdmissionGateOptions) => {
    // Nothing expires by itself here: no test depends on how fast the machine is.
    const gate = new AdmissionGate({ intervalMs: 60_000, targetMs: 60_000, patienceMs: 60_000, ...options });
    gates.push(gate);
    return gate;
  };
  const start = (gate: AdmissionGate, workClass: WorkClass = 'list', signal?: AbortSignal) => {
    const one = task();
    const outcome = gate.run(workClass, signal, 60_000, one.work).catch(reason);
    return { ...one, outcome };
  };
  afterEach(() => {
    for (const gate of gates.splice(0)) gate.close();
  });

  it('runs as much at once as there are slots, the rest afterwards', async () => {
    const gate = make({ slots: 2 });
    const [a, b, c] = [start(gate), start(gate), start(gate)];
    await settled();
    expect([a, b, c].map((one) => one.begun())).toEqual([true, true, false]);
    a.end();
    await settled();
    expect(c.begun()).toBe(true);
    b.end();
    c.end();
    expect(await Promise.all([a, b, c].map((one) => one.outcome))).toEqual(['done', 'done', 'done']);
    expect(gate.state).toMatchObject({ inFlight: 0, queued: 0 });
  });

  it('frees the slot when work throws, and passes the error on', async () => {
    const gate = make({ slots: 1 });
    const broken = gate.run('list', undefined, 1_000, () => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    await expect(gate.run('list', undefined, 1_000, async () => 1)).resolves.toBe(1);
  });

  it('frees the slot when work throws before it promises anything', async () => {
    const gate = make({ slots: 1 });
    const throwing = () => {
      throw new Error('at once');
    };
    await expect(gate.run('list', undefined, 1_000, throwing)).rejects.toThrow('at once');
    expect(gate.state.inFlight).toBe(0);
  });

  it('sheds the least important first', async () => {
    const gate = make({ slots: 1, queueSize: 2 });
    const running = start(gate);
    const [crawler, search] = [start(gate, 'crawler'), start(gate, 'search')];
    const write = start(gate, 'write');
    await expect(crawler.outcome).resolves.toBe('shed');
    const detail = start(gate, 'detail');
    await expect(search.outcome).resolves.toBe('shed');
    for (const one of [running, write, detail]) one.end();
    await expect(Promise.all([write.outcome, detail.outcome])).resolves.toEqual(['done', 'done']);
  });

  it('never sheds a health check', async () => {
    const gate = make({ slots: 1, queueSize: 0 });
    const running = start(gate);
    await expect(start(gate).outcome).resolves.toBe('shed');
    const health = start(gate, 'health');
    expect(health.begun()).toBe(true);
    health.end();
    running.end();
    await expect(health.outcome).resolves.toBe('done');
  });

  it('refuses what waits too long, without it ever beginning', async () => {
    const gate = make({ slots: 1, patienceMs: 1 });
    const running = start(gate);
    const waiting = start(gate);
    await expect(waiting.outcome).resolves.toBe('shed');
    running.end();
    await running.outcome;
    expect(waiting.begun()).toBe(false);
  });

  it('refuses at once what would not get its turn in time, and lets one wait all the same', async () => {
    const gate = make({ slots: 1, intervalMs: 0, targetMs: 0 });
    const running = start(gate);
    const first = start(gate);
    const second = start(gate);
    await expect(second.outcome).resolves.toBe('shed');
    expect(gate.state.queued).toBe(1);
    for (const one of [running, first]) one.end();
    await expect(first.outcome).resolves.toBe('done');
  });

  it('knows from how long work takes how many may wait', async () => {
    const gate = make({ slots: 1, intervalMs: 5_000, targetMs: 5_000 });
    // 0.1 of 50 s: a turn is expected every 5 s.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const slow = start(gate);
    clock.mockReturnValue(50_000);
    slow.end();
    await slow.outcome;
    const [running, one, another] = [start(gate), start(gate), start(gate)];
    clock.mockRestore();
    await expect(another.outcome).resolves.toBe('shed');
    for (const each of [running, one]) each.end();
    await expect(one.outcome).resolves.toBe('done');
  });

  it('drops work whose deadline passed in the queue', async () => {
    const gate = make({ slots: 1 });
    const running = start(gate);
    const late = task();
    await expect(gate.run('write', undefined, 1, late.work).catch(reason)).resolves.toBe('expired');
    running.end();
    await running.outcome;
    expect(late.begun()).toBe(false);
  });

  it('drops work of clients that hung up', async () => {
    const gate = make({ slots: 1 });
    const running = start(gate);
    const client = new AbortController();
    const waiting = start(gate, 'list', client.signal);
    client.abort();
    await expect(waiting.outcome).resolves.toBe('abandoned');
    await expect(start(gate, 'list', client.signal).outcome).resolves.toBe('abandoned');
    running.end();
    await running.outcome;
    expect(waiting.begun()).toBe(false);
  });

  it('tells work how long it has left, waiting included', async () => {
    const gate = make({ slots: 1 });
    await gate.run('list', undefined, 500, async ({ remainingMs }) => {
      expect(remainingMs()).toBeLessThanOrEqual(500);
      expect(remainingMs()).toBeGreaterThan(0);
    });
    await gate.run('list', undefined, 0, async ({ remainingMs }) => expect(remainingMs()).toBe(0));
  });

  it('answers 503 with a Retry-After between 1 and 3 seconds', async () => {
    const gate = make({ slots: 1, queueSize: 0 });
    const running = start(gate);
    const seen = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      const error = await gate
        .run('list', undefined, 1_000, async () => 1)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AdmissionRefused);
      expect((error as AdmissionRefused).getStatus()).toBe(503);
      seen.add((error as AdmissionRefused).headers['retry-after'] ?? '');
    }
    expect([...seen].sort()).toEqual(['1', '2', '3']);
    running.end();
    await running.outcome;
  });

  describe('at the door', () => {
    const idle = () => ({ leastLagMs: 0, busy: 0 });
    const tick = () => {
      for (const now = performance.now(); performance.now() === now;);
    };

    it('turns away what would not get its turn in time, once something was refused for that', async () => {
      const gate = make({ slots: 1, intervalMs: 0, loop: idle });
      const running = start(gate);
      const waiting = start(gate);
      tick();
      expect(gate.turnAway('list')).toBeUndefined();
      await expect(start(gate).outcome).resolves.toBe('shed');
      expect(gate.turnAway('list')).toBeInstanceOf(AdmissionRefused);
      expect(gate.turnAway('write')).toBeUndefined();
      running.end();
      await running.outcome;
      // The one that waited has the slot, and nobody waits.
      expect(gate.turnAway('list')).toBeUndefined();
      waiting.end();
      await waiting.outcome;
      expect(gate.turnAway('list')).toBeUndefined();
    });

    it('turns away nobody while slots are free, whatever was refused a moment ago', async () => {
      const gate = make({ slots: 2, intervalMs: 0, loop: idle });
      const all = [start(gate), start(gate), start(gate)];
      tick();
      await expect(start(gate).outcome).resolves.toBe('shed');
      expect(gate.turnAway('list')).toBeInstanceOf(AdmissionRefused);
      for (const one of all) one.end();
      await Promise.all(all.map(({ outcome }) => outcome));
      // Redis may have answered all of these: the database has nothing to do.
      expect(Array.from({ length: 1_000 }, () => gate.turnAway('list')).filter(Boolean)).toEqual([]);
    });

    it('turns away crawlers while the event loop is late, never health checks', async () => {
      const gate = make({ slots: 1, loop: () => ({ leastLagMs: Infinity, busy: 1 }) });
      const turned = async (workClass: WorkClass) => {
        let count = 0;
        for (let i = 0; i < 50; i += 1) count += gate.turnAway(workClass) ? 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, 101));
        return count;
      };
      let crawlers = 0;
      for (let i = 0; i < 9; i += 1) crawlers += await turned('crawler');
      expect(crawlers).toBeGreaterThan(0);
      expect(await turned('health')).toBe(0);
    });

    it('does not blame a late event loop on a few requests', async () => {
      const gate = make({ slots: 2, open: () => 1, loop: () => ({ leastLagMs: Infinity, busy: 1 }) });
      for (let i = 0; i < 9; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 101));
        expect(gate.turnAway('crawler')).toBeUndefined();
      }
    });
  });

  it('as a mutant lets everything through', async () => {
    const gate = make({ slots: 1, queueSize: 0, mutants: ['no-admission'] });
    const all = Array.from({ length: 50 }, () => start(gate));
    expect(all.every((one) => one.begun())).toBe(true);
    expect(gate.turnAway('crawler')).toBeUndefined();
    for (const one of all) one.end();
  });
});

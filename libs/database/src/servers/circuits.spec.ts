import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@prior/http';
import { CIRCUIT_RESET_MS, ServerCircuit } from './circuits';
import { ServerSilent } from './errors';

describe('the breaker of a server', () => {
  let circuit: ServerCircuit;
  beforeEach(() => (circuit = new ServerCircuit({ role: 'primary', name: 'p', node: 'MASTER' }, 'primary')));
  afterEach(() => circuit.close());
  const busy = () => circuit.probe(() => Promise.reject(new Problem('database_busy'))).catch(() => undefined);

  it('is closed by a round trip, not by a probe that found no free connection', async () => {
    circuit.trip(new ServerSilent('p', 'a write', 1));
    await sleep(CIRCUIT_RESET_MS + 20);
    await busy();
    expect(circuit.closed).toBe(false);
    await sleep(CIRCUIT_RESET_MS + 20);
    await circuit.probe(() => Promise.resolve());
    expect(circuit.closed).toBe(true);
  });

  it('cuts off all who still wait when the server is silent, and nobody else', () => {
    const cut: string[] = [];
    const wait = (who: string) => circuit.onSilence(() => cut.push(who));
    const [, b, c] = [wait('a'), wait('b'), wait('c'), wait('d')] as const;
    b();
    c(); // by now in another place
    wait('e');
    b(); // forgotten already
    circuit.trip(new Error('refused'));
    expect(cut).toEqual([]);
    circuit.trip(new ServerSilent('p', 'a write', 1));
    expect(cut.sort()).toEqual(['a', 'd', 'e']);
  });

  it('is not opened by such a probe', async () => {
    await busy();
    expect(circuit.closed).toBe(true);
  });
});

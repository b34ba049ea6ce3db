import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Packets } from './packets';

function sender() {
  const packets = new Packets();
  const sent: string[] = [];
  const put = (...names: string[]) => {
    for (const name of names) packets.put(() => sent.push(name));
  };
  return { packets, sent, put };
}

describe('Packets', () => {
  it('sends at once what comes while nothing is under way, and what comes in the same turn', async () => {
    const { packets, sent, put } = sender();
    put('a');
    put('b');
    expect(sent).toEqual(['a', 'b']);
    await turn();
    packets.answered();
    packets.answered();
    put('c');
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('holds back what comes later until all of the packet is answered, and sends it in its order', async () => {
    const { packets, sent, put } = sender();
    put('a', 'b');
    await turn();
    put('c', 'd');
    packets.answered();
    expect(sent).toEqual(['a', 'b']);
    packets.answered();
    put('e'); // the same packet
    expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
    await turn();
    put('f');
    expect(sent).not.toContain('f');
  });

  it('waits a moment for answers, not longer', async () => {
    const { sent, put } = sender();
    put('a');
    await turn();
    put('b', 'c');
    expect(sent).toEqual(['a']);
    await sleep(20);
    expect(sent).toEqual(['a', 'b', 'c']);
  });
});

import { CONNECTIONS } from './drive';
import { RawConnection } from './raw-connection';

export interface Rate {
  readonly port: number;
  readonly path: string;
  readonly perS: number;
  readonly seconds: number;
}

export interface Rated {
  /** ms, from the moment when a request was due, ascending. */
  readonly latencies: readonly number[];
  readonly failed: number;
  /** Answered a second. */
  readonly perS: number;
}

/**
 * Requests at a fixed rate over fifty connections, whether or not earlier ones were answered: what is due while all are
 * busy waits, and its wait counts (no coordinated omission).
 */
export async function atRate({ port, path, perS, seconds }: Rate): Promise<Rated> {
  const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
  const idle = Array.from({ length: CONNECTIONS }, () => new RawConnection(port));
  const all = [...idle];
  const latencies: number[] = [];
  let failed = 0;
  let sent = 0;
  const begun = performance.now();
  const total = Math.floor(perS * seconds);
  const dueAt = (n: number) => begun + (n * 1_000) / perS;
  const sendDue = (): void => {
    const now = performance.now();
    while (sent < total && dueAt(sent) <= now && idle.length > 0) {
      const connection = idle.pop()!;
      const due = dueAt(sent);
      sent += 1;
      connection.send(request, (outcome) => {
        if (outcome === 200) latencies.push(performance.now() - due);
        else failed += 1;
        idle.push(connection);
        sendDue();
      });
    }
  };
  while (sent < total || idle.length < CONNECTIONS) {
    sendDue();
    // Timers are whole milliseconds; between them the loop must turn to read answers.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const took = (performance.now() - begun) / 1_000;
  for (const connection of all) connection.close();
  latencies.sort((a, b) => a - b);
  return { latencies, failed, perS: latencies.length / took };
}

import { connect } from 'node:net';

/**
 * Sends bytes as they are, keeps the connection open, and waits until the server ends it.
 *
 * @param base `http://host:port`
 * @returns everything that came back
 */
export const rawExchange = (base: string, bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(base);
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (text) => (answer += text));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** What Node knows an answer by that has left already: properties of its own, the same in every version so far. */
interface Sent {
  _header: string | null;
  _headerSent: boolean;
}

/** A version of Node without them gets every answer by the long way: slower, and right. */
const knowsThem = ['_header', '_headerSent'].every(
  (name) => name in new ServerResponse(new IncomingMessage(new Socket())),
);

/** Lines that end the head of an answer on a connection that stays open, as Node writes them itself. */
export const connectionLines = (keepAliveTimeoutMs: number): string =>
  keepAliveTimeoutMs > 0
    ? `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeoutMs / 1_000)}\r\n`
    : 'Connection: keep-alive\r\n';

/**
 * Whether {@link sendWhole} may answer: this answer's turn has come (none of an earlier request is before it), the
 * connection stays open behind it, and nothing waits in it for a slow client.
 */
export function maySendWhole({ socket, shouldKeepAlive, headersSent }: ServerResponse): boolean {
  return knowsThem && shouldKeepAlive && !headersSent && socket?.writableLength === 0 && socket.writable;
}

/**
 * Sends a complete answer in one write. Node's own way checks each header each time, joins them anew, and hands head
 * and body to the system as two pieces; all of it was half of the time of a hit (`docs/performance.md`).
 *
 * @param head from the status line to the empty line behind the last header, which must be valid: nobody looks again
 * @param body the bytes, one character each; as many as `Content-Length` says
 */
export function sendWhole(response: ServerResponse, status: number, head: string, body: string): void {
  response.socket!.write(head + body, 'latin1');
  response.statusCode = status;
  const sent = response as unknown as Sent;
  sent._header = head;
  sent._headerSent = true;
  // Nothing is left to send; what the end of an answer sets in motion (the next request, time limits) still happens.
  response.end();
}

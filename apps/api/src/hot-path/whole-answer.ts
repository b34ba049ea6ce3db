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
 * Whether {@link WholeAnswers} may answer: this answer's turn has come (none of an earlier request is before it), the
 * connection stays open behind it, and nothing waits in it for a slow client.
 */
export function maySendWhole({ socket, shouldKeepAlive, headersSent }: ServerResponse): boolean {
  return knowsThem && shouldKeepAlive && !headersSent && socket?.writableLength === 0 && socket.writable;
}

/** More answers than this do not wait for each other. */
const TOGETHER = 64;
/** Answers of up to so many bytes are put together in one place, again and again. */
const ROOM = 65_536;

interface WholeAnswer {
  readonly response: ServerResponse;
  readonly head: string;
  readonly body: Buffer | undefined;
  readonly sent: () => void;
}

/**
 * Sends complete answers, each in one write. Node's own way checks each header each time, joins them anew, and hands
 * head and body to the system as two pieces; all of it was half of the time of a hit (`docs/performance.md`).
 *
 * They leave at the end of the event loop's turn, together: a write wakes its reader, which costs the system as much as
 * all else about an answer, and whoever reads many of them is awake from the first on.
 */
export class WholeAnswers {
  private waiting: WholeAnswer[] = [];
  private room = Buffer.allocUnsafeSlow(ROOM);

  /**
   * From here on the answer counts as begun: nobody else can give one.
   *
   * @param head from the status line to the empty line behind the last header, which must be valid: nobody looks again
   * @param body as many bytes as `Content-Length` says
   * @param sent called when it has left; not when nobody is there any more
   */
  send(
    response: ServerResponse,
    status: number,
    head: string,
    body: Buffer | undefined,
    sent: () => void,
  ): void {
    response.statusCode = status;
    const known = response as unknown as Sent;
    known._header = head;
    known._headerSent = true;
    if (this.waiting.push({ response, head, body, sent }) === 1) setImmediate(() => this.flush());
    else if (this.waiting.length >= TOGETHER) this.flush();
  }

  /** Sends what waits: at the end of a turn, and before anything begins that takes long. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const all = this.waiting;
    this.waiting = [];
    for (const { response, head, body, sent } of all) {
      if (!response.socket?.writable) continue;
      this.write(response.socket, head, body);
      // Nothing is left to send; what the end of an answer sets in motion (the next request, time limits) still happens.
      response.end();
      sent();
    }
  }

  /** As one string, head and body would be copied twice more, and each copy be garbage as large as the answer. */
  private write(socket: Socket, head: string, body: Buffer | undefined): void {
    if (!body) return void socket.write(head, 'latin1');
    const length = head.length + body.length;
    const bytes = length > ROOM ? Buffer.allocUnsafe(length) : this.room.subarray(0, length);
    bytes.write(head, 0, 'latin1');
    bytes.set(body, head.length);
    socket.write(bytes);
    // The system has not taken all of it at once: the rest has to stay as it is until it does.
    if (length <= ROOM && socket.writableLength > 0) this.room = Buffer.allocUnsafeSlow(ROOM);
  }
}

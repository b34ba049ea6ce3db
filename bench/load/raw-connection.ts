import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** What became of a request: its status, or why there is none. */
export type Outcome = number | 'lost' | 'refused';

/**
 * One kept-alive connection, one request at a time, with next to no work for an answer: its head is looked at, its body
 * counted. Opens itself for the first request, and again after it was lost.
 */
export class RawConnection {
  private socket: Socket | undefined;
  private head: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are still to come; -1 while the head is read. */
  private left = -1;
  private status = 0;
  private closing = false;
  private done: ((outcome: Outcome) => void) | undefined;

  constructor(private readonly port: number) {}

  get busy(): boolean {
    return this.done !== undefined;
  }

  /** @param request all of its bytes; @param done called once */
  send(request: string, done: (outcome: Outcome) => void): void {
    this.done = done;
    this.left = -1;
    this.head = Buffer.alloc(0);
    this.socket ??= this.open();
    this.socket.write(request);
  }

  close(): void {
    this.done = undefined;
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const socket = connect(this.port, '127.0.0.1');
    let connected = false;
    socket.setNoDelay(true);
    socket.on('connect', () => (connected = true));
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.finish(connected ? 'lost' : 'refused');
    });
    return socket;
  }

  private read(chunk: Buffer): void {
    if (this.left >= 0) return this.count(chunk.length);
    this.head = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    const end = this.head.indexOf(HEAD_END);
    if (end < 0) return;
    const text = this.head.toString('latin1', 0, end);
    this.status = Number(text.slice(9, 12));
    this.closing = /\r\nconnection: *close/i.test(text);
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    const empty = this.status === 204 || this.status === 304;
    if (length === undefined && !empty)
      throw new Error(`an answer without content-length cannot be counted:\n${text}`);
    this.left = empty ? 0 : Number(length);
    this.count(this.head.length - end - HEAD_END.length);
  }

  private count(bytes: number): void {
    this.left -= bytes;
    if (this.left > 0) return;
    if (this.closing) {
      this.socket?.destroy();
      this.socket = undefined;
    }
    this.finish(this.status);
  }

  private finish(outcome: Outcome): void {
    const { done } = this;
    this.done = undefined;
    done?.(outcome);
  }
}

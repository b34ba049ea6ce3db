import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** The answer to one request. Headers are looked for in the text when somebody asks: most readers want one or two. */
export class Answer {
  private lower: string | undefined;

  constructor(
    readonly status: number,
    private readonly head: string,
    readonly body: Buffer,
  ) {}

  /** @param name in small letters */
  header(name: string): string | undefined {
    this.lower ??= this.head.toLowerCase();
    const at = this.lower.indexOf(`\r\n${name}:`);
    if (at < 0) return undefined;
    const start = at + name.length + 3;
    const end = this.head.indexOf('\r\n', start);
    return this.head.slice(start, end < 0 ? undefined : end).trim();
  }

  json<T>(): T {
    return JSON.parse(this.body.toString('utf8')) as T;
  }
}

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The client gave up; whether the request has had an effect is not known. */
export class NoAnswer extends Error {}

/** One kept-alive connection, one request at a time. */
class Connection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private waiting: Waiting | undefined;
  closed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk));
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => this.fail('the connection was closed'));
  }

  send(text: string, limitMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`no answer within ${limitMs} ms`), limitMs);
      this.waiting = { resolve, reject, timer };
      this.socket.write(text);
    });
  }

  fail(why: string): void {
    this.closed = true;
    this.socket.destroy();
    const { waiting } = this;
    this.waiting = undefined;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting.reject(new NoAnswer(why));
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + HEAD_END.length + length;
    if (/\r\ntransfer-encoding:/i.test(head)) return this.fail('the answer is chunked');
    if (this.received.length < end) return;
    const body = this.received.subarray(headEnd + HEAD_END.length, end);
    this.received = this.received.subarray(end);
    const { waiting } = this;
    this.waiting = undefined;
    if (/\r\nconnection: *close/i.test(head)) this.closed = true;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting.resolve(new Answer(Number(head.slice(9, 12)), head, body));
  }
}

/** A client of one process that costs little: the checks share their processor with what they check. */
export class HttpClient {
  private idle: Connection[] = [];

  constructor(
    readonly port: number,
    private readonly limitMs = 15_000,
  ) {}

  /** @throws NoAnswer */
  async request(path: string, { method = 'GET', headers = {}, body }: Request = {}): Promise<Answer> {
    const connection = this.take();
    const payload = body === undefined ? '' : JSON.stringify(body);
    let text = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (payload !== '') text += `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(payload)}\r\n`;
    const answer = await connection.send(`${text}\r\n${payload}`, this.limitMs);
    if (connection.closed) connection.fail('');
    else this.idle.push(connection);
    return answer;
  }

  close(): void {
    for (const connection of this.idle.splice(0)) connection.fail('');
  }

  private take(): Connection {
    for (let one = this.idle.pop(); one; one = this.idle.pop()) if (!one.closed) return one;
    return new Connection(this.port);
  }
}

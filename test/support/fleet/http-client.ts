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
  /** A body as it is, instead of JSON; its type is up to the headers. */
  readonly text?: string;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The client gave up; whether the request has had an effect is not known. */
export class NoAnswer extends Error {
  /** @param silent not a byte of the answer had arrived, and the connection was lost: a GET may be sent once more */
  constructor(
    why: string,
    readonly silent = false,
  ) {
    super(why);
  }
}

/** One kept-alive connection, one request at a time. */
class Connection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private waiting: Waiting | undefined;
  private headOnly = false;
  closed = false;

  readonly connected: Promise<void>;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.connected = new Promise((resolve) => {
      this.socket.once('connect', resolve);
      this.socket.once('close', resolve);
    });
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk));
    this.socket.on('error', (error) => this.fail(error.message, this.received.length === 0));
    this.socket.on('close', () => this.fail('the connection was closed', this.received.length === 0));
  }

  /** @param headOnly the answer has no body, whatever its Content-Length says */
  send(text: string, limitMs: number, headOnly = false): Promise<Answer> {
    this.headOnly = headOnly;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`no answer within ${limitMs} ms`), limitMs);
      this.waiting = { resolve, reject, timer };
      this.socket.write(text);
    });
  }

  fail(why: string, silent = false): void {
    this.closed = true;
    this.socket.destroy();
    const { waiting } = this;
    this.waiting = undefined;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting.reject(new NoAnswer(why, silent));
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const start = headEnd + HEAD_END.length;
    const found = this.headOnly
      ? { body: Buffer.alloc(0), end: start }
      : CHUNKED.test(head)
        ? chunkedBody(this.received, start)
        : plainBody(head, this.received, start);
    if (!found) return;
    this.received = this.received.subarray(found.end);
    const { waiting } = this;
    this.waiting = undefined;
    if (/\r\nconnection: *close/i.test(head)) this.closed = true;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting.resolve(new Answer(Number(head.slice(9, 12)), head, found.body));
  }
}

interface Body {
  readonly body: Buffer;
  /** Where the next answer begins. */
  readonly end: number;
}

const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/** @returns undefined while it is not complete, here and below */
function plainBody(head: string, received: Buffer, start: number): Body | undefined {
  const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return received.length < end ? undefined : { body: received.subarray(start, end), end };
}

/** RFC 9112, section 7.1; nobody here sends trailers. */
function chunkedBody(received: Buffer, start: number): Body | undefined {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(received.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (received.length < next) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), end: next };
    parts.push(received.subarray(lineEnd + 2, next - 2));
    at = next;
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
  async request(
    path: string,
    { method = 'GET', headers = {}, body, text: given }: Request = {},
  ): Promise<Answer> {
    const connection = this.take();
    const payload = given ?? (body === undefined ? '' : JSON.stringify(body));
    let text = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (body !== undefined && given === undefined) text += 'content-type: application/json\r\n';
    if (payload !== '') text += `content-length: ${Buffer.byteLength(payload)}\r\n`;
    const answer = await connection.send(`${text}\r\n${payload}`, this.limitMs, method === 'HEAD');
    if (connection.closed) connection.fail('');
    else this.idle.push(connection);
    return answer;
  }

  /** Has so many connections ready. */
  async open(count: number): Promise<void> {
    while (this.idle.length < count) {
      // Not more at once than a listener's queue takes.
      const some = Array.from(
        { length: Math.min(100, count - this.idle.length) },
        () => new Connection(this.port),
      );
      await Promise.all(some.map(({ connected }) => connected));
      this.idle.push(...some);
    }
  }

  close(): void {
    for (const connection of this.idle.splice(0)) connection.fail('');
  }

  private take(): Connection {
    for (let one = this.idle.pop(); one; one = this.idle.pop()) if (!one.closed) return one;
    return new Connection(this.port);
  }
}

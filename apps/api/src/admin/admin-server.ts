import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AdminAnswer, AdminRequest } from '@prior/http';

const MAX_BODY_BYTES = 65_536;

/** For the live page: nothing but its own files and its own port, and nobody frames it. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * The admin port: metrics, health and whatever modules put on the AdminRouter. A server of its own, so that it answers
 * when the public one is full, and no rule of the public one can expose it.
 */
export class AdminServer {
  private readonly server: Server;

  constructor(answer: (request: AdminRequest) => Promise<AdminAnswer>) {
    this.server = createServer(
      { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
      (request, response) => {
        void serve(request, response, answer);
      },
    );
  }

  /** @returns the port, which matters when 0 was asked for */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: AdminRequest) => Promise<AdminAnswer>,
): Promise<void> {
  try {
    const body = await bodyOf(request);
    const target = `http://admin${request.url ?? '/'}`;
    if (body === undefined || !URL.canParse(target)) {
      response.writeHead(body === undefined ? 413 : 400, { connection: 'close' }).end();
      return;
    }
    const {
      status,
      contentType,
      body: text,
    } = await answer({
      method: request.method ?? 'GET',
      url: new URL(target),
      body,
      accept: request.headers.accept,
    });
    response.writeHead(status, { 'content-type': contentType, ...HEADERS });
    response.end(request.method === 'HEAD' ? undefined : text);
  } catch {
    // The client went away in the middle of its request.
    response.destroy();
  }
}

/** @returns undefined when there is too much of it */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

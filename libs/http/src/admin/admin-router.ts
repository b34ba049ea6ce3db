import { Injectable } from '@nestjs/common';

export interface AdminRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: URL;
  readonly body: string;
  /** The Accept header. Requests that come through a supervisor have none: what they get, they get in one form. */
  readonly accept?: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type AdminHandler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;

/** An answer in JSON. */
export const adminJson = (status: number, value: unknown): AdminAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/**
 * What the admin port answers. Modules add their routes when they start; requests and answers are plain data, because
 * in a cluster they travel between processes.
 */
@Injectable()
export class AdminRouter {
  private readonly handlers = new Map<string, AdminHandler>();

  /** @param path exact path, `/internal/invalidate` */
  route(method: 'GET' | 'POST', path: string, handler: AdminHandler): void {
    const key = `${method} ${path}`;
    if (this.handlers.has(key)) throw new Error(`The admin port has two handlers for ${key}`);
    this.handlers.set(key, handler);
  }

  async handle(request: AdminRequest): Promise<AdminAnswer> {
    const { pathname } = request.url;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const handler = this.handlers.get(`${method} ${pathname}`);
    if (!handler) {
      const known = [...this.handlers.keys()].some((key) => key.endsWith(` ${pathname}`));
      return adminJson(known ? 405 : 404, {
        error: known ? 'Method not allowed' : 'Not found',
        known: [...this.handlers.keys()],
      });
    }
    try {
      return await handler(request);
    } catch (error) {
      return adminJson(500, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

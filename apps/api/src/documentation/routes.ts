import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { etagOf, noneMatch, Problem, problemCodes, problemDefinition } from '@prior/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openApiDocument } from './document';

interface Page {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** The document page may load its own files and nothing else; Swagger UI sets styles inline and draws with data: images. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const INDEX = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Prior catalogue API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/init.js"></script></body>
</html>`;

const INIT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', deepLinking: true, validatorUrl: null });`;

const resolve = createRequire(__filename).resolve;
const asset = (name: string): Buffer => readFileSync(resolve(`swagger-ui-dist/${name}`));

/** Serves `/openapi.json`, `/docs` and `/problems`, everything from this host and made on first use. */
export function mountDocs(app: NestFastifyApplication): void {
  const instance = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const page = (path: string, type: string, make: () => string | Buffer): void => {
    let made: Page | undefined;
    instance.get(path, (request, reply) => {
      made ??= finish(type, make());
      return send(request, reply, made);
    });
  };

  page('/openapi.json', JSON_TYPE, () => JSON.stringify(openApiDocument(app)));
  page('/docs', HTML, () => INDEX);
  page('/docs/init.js', SCRIPT, () => INIT);
  page('/docs/swagger-ui.css', 'text/css; charset=utf-8', () => asset('swagger-ui.css'));
  page('/docs/swagger-ui-bundle.js', SCRIPT, () => asset('swagger-ui-bundle.js'));
  page('/problems', JSON_TYPE, () => JSON.stringify(problemCodes.map(problemDefinition)));
  instance.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    const code = problemCodes.find((one) => one === request.params.code);
    if (code === undefined) throw new Problem('not_found');
    return send(request, reply, finish(JSON_TYPE, JSON.stringify(problemDefinition(code))));
  });
}

function finish(type: string, content: string | Buffer): Page {
  const body = Buffer.from(content);
  return { type, body, etag: etagOf(body) };
}

function send(request: FastifyRequest, reply: FastifyReply, { type, body, etag }: Page): FastifyReply {
  reply.headers({ 'content-type': type, 'cache-control': 'public, max-age=300', etag });
  if (type === HTML) reply.header('content-security-policy', CSP);
  return noneMatch(request.headers['if-none-match'], etag) ? reply.code(304).send() : reply.send(body);
}

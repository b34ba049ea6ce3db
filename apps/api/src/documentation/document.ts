import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEM_SCHEMA, problemSchema } from '@prior/http';
import { convertSchema } from './convert';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = { schema?: { style?: string; explode?: boolean }; style?: string; explode?: boolean };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI 3.1 document of the application, made from the schemas that validate and write. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Prior catalogue API')
    .setDescription(DESCRIPTION)
    .setVersion('1.0.0')
    .setLicense('Proprietary', '/docs')
    .addServer('/', 'This host')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addCookieAuth('auth_token', { type: 'apiKey', in: 'cookie' }, 'auth_token')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: convertSchema,
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema as never },
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) if (item[method]) complete(item[method], path.startsWith('/health/'));
  }
  return document;
}

/** What is true of every operation and would only be noise on every handler. */
function complete(operation: Operation, isProbe: boolean): void {
  operation.security ??= [];
  const problem = { content: { 'application/problem+json': { schema: { $ref: PROBLEM_SCHEMA } } } };
  if (isProbe) {
    operation.responses['405'] ??= { description: '`method_not_allowed`: Method not allowed', ...problem };
    operation.responses['503'] ??= {
      ...operation.responses['200'],
      description: 'It does not, yet or any more',
    };
    return;
  }
  operation.responses['429'] ??= { description: '`rate_limited`: Too many requests', ...problem };
  operation.responses['503'] ??= {
    description: 'Overloaded, or a server behind it is down; see Retry-After',
    ...problem,
  };
  operation.responses['default'] ??= { description: 'Any other error', ...problem };
  for (const parameter of (operation.parameters ?? []) as Parameter[]) {
    const { style, explode, ...schema } = parameter.schema ?? {};
    if (style !== undefined) Object.assign(parameter, { style, explode, schema });
  }
}

const DESCRIPTION = `Products, categories and reviews of the shop.

* Reading is public. Writing needs a JWT: \`Authorization: Bearer …\`, or the cookie \`auth_token\`.
* Errors are \`application/problem+json\` (RFC 9457); \`code\` is stable.
* Prices are exact decimals, written as JSON numbers with the digits of the database.
* Unknown query parameters are ignored; unknown fields of a body are an error.`;

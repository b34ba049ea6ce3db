import { problemCodes } from './problems';

/** Where the document keeps the schema of every error body. */
export const PROBLEM_SCHEMA = '#/components/schemas/Problem';

/** JSON schema of an error's body, for the OpenAPI document. */
export const problemSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457). `code` is stable: branch on it, show `detail`.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    code: { type: 'string', enum: problemCodes },
    instance: { type: 'string', format: 'uri-reference' },
    requestId: { type: 'string', description: 'The value of the header X-Request-Id' },
    errors: {
      type: 'array',
      description: 'The fields that are not valid (`validation_failed`)',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

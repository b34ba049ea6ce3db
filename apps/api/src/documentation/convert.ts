import type { SwaggerDocumentOptions } from '@nestjs/swagger';
import { z } from 'zod';

type Converter = NonNullable<SwaggerDocumentOptions['standardSchemaConverter']>;
type JsonObject = Record<string, unknown>;

/**
 * zod to the JSON Schema of OpenAPI 3.1 (draft 2020-12). Nest's own converter asks zod for the older dialect of 3.0 and
 * loses the defaults of everything that is parsed from text.
 */
export const convertSchema: Converter = (schema, { schemaType }) => {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $defs = {},
    $schema: _,
    ...converted
  } = z.toJSONSchema(schema, {
    io: schemaType,
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = (zodSchema as z.core.$ZodTypes)._zod;
      if (def.type === 'default') jsonSchema.default ??= def.defaultValue as typeof jsonSchema.default;
      // zod bounds every integer by what a double holds exactly, which tells a reader nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  }) as JsonObject & { $defs?: Record<string, JsonObject> };
  const components = Object.fromEntries(
    Object.entries($defs).map(([name, { id: _id, ...definition }]) => [name, definition]),
  );
  return promoteRoot(converted, components);
};

/** A schema with an id becomes a component of that name; a tree refers to itself by `#`, which means the document. */
function promoteRoot(schema: JsonObject, components: Record<string, JsonObject>) {
  const { id, ...definition } = schema;
  if (typeof id !== 'string') return { schema, components };
  const $ref = `#/components/schemas/${id}`;
  const renamed = JSON.parse(
    JSON.stringify(definition).replaceAll('"$ref":"#"', `"$ref":"${$ref}"`),
  ) as JsonObject;
  return { schema: { $ref }, components: { ...components, [id]: renamed } };
}

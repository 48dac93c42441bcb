import { z } from 'zod'

/**
 * JSON Schema keywords that `responseJsonSchema` supports, by the SDK's documentation (@google/genai 3.3.0).
 */
const SUPPORTED = new Set(
  (
    '$id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf ' +
    'properties additionalProperties required propertyOrdering'
  ).split(' '),
)

/** A zod schema in the subset of JSON Schema that Gemini supports. The same zod schema reads the answer. */
export function responseSchema(schema: z.ZodType): object {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      for (const keyword of Object.keys(jsonSchema)) {
        if (!SUPPORTED.has(keyword)) delete (jsonSchema as Record<string, unknown>)[keyword]
      }
    },
  })
  delete json.$schema
  return json
}

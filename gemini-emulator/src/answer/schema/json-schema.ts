/** The supported part of JSON Schema (`responseJsonSchema`) and OpenAPI schemas (`responseSchema`). */
export type JsonSchema = {
  type?: string | string[]
  nullable?: boolean
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  propertyOrdering?: string[]
  required?: string[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  definitions?: Record<string, JsonSchema>
}

type SimpleType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

/** Resolves `$ref`, and chooses the first alternative that is not null. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let resolved = schema
  for (let hops = 0; hops < 20; hops++) {
    const alternatives = resolved.anyOf ?? resolved.oneOf
    if (resolved.$ref !== undefined) resolved = { ...withoutRef(resolved), ...find(resolved.$ref, root) }
    else if (resolved.allOf)
      resolved = Object.assign({}, resolved, { allOf: undefined }, ...resolved.allOf) as JsonSchema
    else if (alternatives) {
      const chosen =
        alternatives.find((one) => typeOf(resolve(one, root)) !== 'null') ?? alternatives[0] ?? {}
      resolved = { ...resolved, anyOf: undefined, oneOf: undefined, ...chosen } as JsonSchema
    } else break
  }
  return resolved
}

/** The type of the value to create. If there are several, the first that is not null. */
export function typeOf(schema: JsonSchema): SimpleType {
  const types = [schema.type ?? []].flat().map((type) => type.toLowerCase())
  const type = types.find((name) => name !== 'null') ?? types[0]
  if (type) return type as SimpleType
  if (schema.properties) return 'object'
  if (schema.items || schema.prefixItems) return 'array'
  const sample = schema.const ?? schema.enum?.[0]
  return typeof sample === 'number' ? 'number' : typeof sample === 'boolean' ? 'boolean' : 'string'
}

function withoutRef({ $ref: _ref, ...rest }: JsonSchema): JsonSchema {
  return rest
}

function find(ref: string, root: JsonSchema): JsonSchema {
  if (ref === '#') return root
  const [, keyword, name] = /^#\/(\$defs|definitions)\/(.+)$/.exec(ref) ?? []
  return (keyword && name && root[keyword as '$defs' | 'definitions']?.[name]) || {}
}

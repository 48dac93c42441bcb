import { z } from 'zod'
import { imageRef } from '../functions/src/api/image-ref.ts'
import { boxSchema, sizeSchema } from '../functions/src/api/results.ts'

/** Schemas that types and docs refer to by name. */
const NAMES = new Map<unknown, string>([
  [imageRef, 'ImageRef'],
  [boxSchema, 'Box'],
  [sizeSchema, 'Size'],
])

/** The name of a schema that types and docs refer to by name. */
export const titleOf = (schema: unknown): string | undefined => NAMES.get(schema)

/** The part of JSON Schema that our schemas use. */
export type Shape = {
  type?: 'object' | 'array' | 'integer' | 'number' | 'string' | 'boolean' | 'null'
  description?: string
  /** The name of a named schema. */
  title?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Shape[]
  items?: Shape
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  properties?: Record<string, Shape>
  required?: string[]
  additionalProperties?: Shape | boolean
}

/** The JSON Schema of the values that a schema accepts (`input`) or returns (`output`). */
export function shapeOf(schema: z.ZodType, io: 'input' | 'output'): Shape {
  return z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      const name = titleOf(zodSchema)
      if (name) jsonSchema.title = name
    },
  }) as Shape
}

/** Converts a JSON Schema to a TypeScript type, with its descriptions as comments. */
export function typeOf(shape: Shape, indent = ''): string {
  if (shape.anyOf) return [...new Set(shape.anyOf.map((one) => typeOf(one, indent)))].join(' | ')
  if (shape.const !== undefined) return literal(shape.const)
  if (shape.enum) return shape.enum.map(literal).join(' | ')
  switch (shape.type) {
    case 'object':
      return shape.properties
        ? objectType(shape, indent)
        : `Record<string, ${typeOf(valuesOf(shape), indent)}>`
    case 'array': {
      const item = typeOf(shape.items ?? {}, indent)
      return /^[\w.]+$/.test(item) ? `${item}[]` : `Array<${item}>`
    }
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return shape.type
    case undefined:
    default:
      throw new Error(`Cannot convert ${JSON.stringify(shape)} to a TypeScript type: not supported`)
  }
}

export function valuesOf({ additionalProperties }: Shape): Shape {
  return typeof additionalProperties === 'object' ? additionalProperties : {}
}

function objectType({ properties = {}, required = [] }: Shape, indent: string): string {
  const inner = `${indent}  `
  const lines = Object.entries(properties).flatMap(([name, shape]) => {
    const type = typeOf(shape, inner)
    // Schemas accept undefined for optional properties, also with `exactOptionalPropertyTypes`.
    const member = required.includes(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`
    return shape.description ? [`${inner}/** ${shape.description} */`, inner + member] : [inner + member]
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

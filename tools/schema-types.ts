import { z } from 'zod'
import { imageRef } from '../functions/src/api/image-ref.ts'
import { boxSchema, sizeSchema } from '../functions/src/api/results.ts'

/** A schema that others are made of, by the name that readers meet. */
const NAMES = new Map<unknown, string>([
  [imageRef, 'ImageRef'],
  [boxSchema, 'Box'],
  [sizeSchema, 'Size'],
])

/** The part of JSON Schema that our schemas come out as. */
export type Shape = {
  type?: 'object' | 'array' | 'integer' | 'number' | 'string' | 'boolean' | 'null'
  description?: string
  /** Set for the schemas that have a name. */
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

/** What a schema takes (`input`) or gives (`output`). */
export function shapeOf(schema: z.ZodType, io: 'input' | 'output'): Shape {
  return z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      const name = NAMES.get(zodSchema)
      if (name) jsonSchema.title = name
    },
  }) as Shape
}

/** The shape as a TypeScript type, with its descriptions as comments. */
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
      throw new Error(
        `Cannot write the type of ${JSON.stringify(shape)}: no schema of ours has had one like it`,
      )
  }
}

export function valuesOf({ additionalProperties }: Shape): Shape {
  return typeof additionalProperties === 'object' ? additionalProperties : {}
}

function objectType({ properties = {}, required = [] }: Shape, indent: string): string {
  const inner = `${indent}  `
  const lines = Object.entries(properties).flatMap(([name, shape]) => {
    const type = typeOf(shape, inner)
    // Unlike `exactOptionalPropertyTypes`, schemas take an undefined for what may be left out.
    const member = required.includes(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`
    return shape.description ? [`${inner}/** ${shape.description} */`, inner + member] : [inner + member]
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

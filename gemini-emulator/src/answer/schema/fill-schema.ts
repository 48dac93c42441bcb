import { type JsonSchema, resolve, typeOf } from './json-schema.ts'
import { coordinatesFor, subjectsFor, wordsFor } from './lists.ts'
import { booleanFor, numberFor, stringFor } from './scalars.ts'
import type { Subject } from './subject.ts'

// Below this depth only required properties are written, so that recursive schemas terminate.
const MAX_DEPTH = 6
const MAX_ITEMS = 100

/** Creates a value that conforms to the schema. The names of properties determine their values. */
export async function fillSchema(schema: JsonSchema, subject: Subject, name = ''): Promise<unknown> {
  return new Filler(schema).fill(schema, name, subject, 0)
}

class Filler {
  private readonly root: JsonSchema

  constructor(root: JsonSchema) {
    this.root = root
  }

  async fill(written: JsonSchema, name: string, subject: Subject, depth: number): Promise<unknown> {
    const schema = resolve(written, this.root)
    if (schema.const !== undefined) return schema.const
    switch (typeOf(schema)) {
      case 'object':
        return this.fillObject(schema, subject, depth)
      case 'array':
        return this.fillArray(schema, name, subject, depth)
      case 'string':
        return stringFor(name, schema, subject)
      case 'number':
        return numberFor(name, schema, subject, false)
      case 'integer':
        return numberFor(name, schema, subject, true)
      case 'boolean':
        return booleanFor(name, schema, subject)
      case 'null':
        return null
    }
  }

  private async fillObject(schema: JsonSchema, subject: Subject, depth: number): Promise<object> {
    const { properties = {}, required = [], propertyOrdering = [] } = schema
    const names = [...new Set([...propertyOrdering, ...Object.keys(properties)])].filter(
      (name) => name in properties,
    )
    const filled: Record<string, unknown> = {}
    for (const name of names) {
      if (depth >= MAX_DEPTH && !required.includes(name)) continue
      filled[name] = await this.fill(properties[name]!, name, subject, depth + 1)
    }
    return filled
  }

  private async fillArray(
    schema: JsonSchema,
    name: string,
    subject: Subject,
    depth: number,
  ): Promise<unknown[]> {
    if (schema.prefixItems) return this.fillTuple(schema.prefixItems, name, subject, depth)
    const items = resolve(schema.items ?? {}, this.root)
    const { minItems = 0, maxItems = MAX_ITEMS } = schema
    const values =
      depth > MAX_DEPTH ? [] : (await this.itemsFor(items, name, subject, depth)).slice(0, maxItems)
    while (values.length < minItems)
      values.push(values.at(-1) ?? (await this.fill(items, name, subject, depth + 1)))
    return values
  }

  private async itemsFor(
    items: JsonSchema,
    name: string,
    subject: Subject,
    depth: number,
  ): Promise<unknown[]> {
    switch (typeOf(items)) {
      case 'integer':
      case 'number':
        return coordinatesFor(name, subject)?.flat() ?? []
      case 'array':
        return coordinatesFor(name, subject) ?? []
      case 'string':
        return wordsFor(name, items, subject)
      case 'object': {
        const filled: unknown[] = []
        for (const about of subjectsFor(name, items, subject))
          filled.push(await this.fill(items, name, about, depth + 1))
        return filled
      }
      case 'boolean':
      case 'null':
        return []
    }
  }

  private async fillTuple(
    schemas: JsonSchema[],
    name: string,
    subject: Subject,
    depth: number,
  ): Promise<unknown[]> {
    const coordinates = coordinatesFor(name, subject)
    if (coordinates?.length === schemas.length) return coordinates
    const filled: unknown[] = []
    for (const schema of schemas) filled.push(await this.fill(schema, name, subject, depth + 1))
    return filled
  }
}

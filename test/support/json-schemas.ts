import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { root } from '../../tools/paths.ts'

const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true })
formats.default(ajv, ['date-time'])

type Node = { type?: unknown; properties?: object; additionalProperties?: unknown }

/**
 * A validator of docs/schemas. `closed`: without fields that the schema does not list, which the published
 * schemas of documents and results accept.
 */
export function schemaValidator(name: string, { closed = false } = {}): ValidateFunction {
  const text = readFileSync(join(root, 'docs/schemas', `${name}.json`), 'utf8')
  const schema = JSON.parse(text, (_, node: Node) =>
    closed && node?.properties && node.type === 'object' ? { additionalProperties: false, ...node } : node,
  ) as object
  return ajv.compile(schema)
}

/** The errors of a value, as a client reads it: as JSON. */
export function schemaErrors(validate: ValidateFunction, value: unknown): string[] {
  validate(JSON.parse(JSON.stringify(value)))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

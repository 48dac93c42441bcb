import { badRequest } from './api-error.ts'
import { ENUMS, MESSAGES } from './messages.ts'
import type { CountTokensRequest, CreateFileRequest, GenerateContentRequest } from './request.ts'

type Messages = {
  GenerateContentRequest: GenerateContentRequest
  CountTokensRequest: CountTokensRequest
  CreateFileRequest: CreateFileRequest
}

type Violation = { field: string; description: string }

/**
 * Validates a value against a message like the JSON parser of protobuf, and returns it with camelCase names.
 * Accepts snake_case and camelCase. https://protobuf.dev/programming-guides/json/, 2026-11.
 */
export function readMessage<M extends keyof Messages>(message: M, value: unknown): Messages[M] {
  const violations: Violation[] = []
  const read = readType(message, value, '', violations)
  if (violations.length > 0) throw badRequest(violations)
  return read as Messages[M]
}

function readType(type: string, value: unknown, path: string, violations: Violation[]): unknown {
  if (type === 'json') return value
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return readType(type.slice(0, -2), value, path, violations)
    return value.map((item, i) => readType(type.slice(0, -2), item, `${path}[${i}]`, violations))
  }
  if (type.startsWith('map ')) {
    if (!isObject(value)) return addViolation(value, type, path, violations)
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      readType(type.slice(4), item, `${path}[${key}]`, violations),
    ])
    return Object.fromEntries(entries)
  }
  const fields = MESSAGES[type]
  if (!fields) return readScalar(type, value, path, violations)
  if (!isObject(value)) return addViolation(value, type, path, violations)
  return readFields(fields, value, path, violations)
}

function readFields(
  fields: Record<string, string>,
  value: object,
  path: string,
  violations: Violation[],
): object {
  const read: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const camel = name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const type = Object.hasOwn(fields, camel) ? fields[camel] : undefined
    if (!type) {
      const where = path ? ` at '${path}'` : ''
      const description = `Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`
      violations.push({ field: path, description })
    } else if (item !== null) {
      const inner = path ? `${path}.${snakeCase(camel)}` : snakeCase(camel)
      if (Array.isArray(item) && !type.endsWith('[]') && type !== 'json') {
        const description = `Invalid JSON payload received. Unknown name "${name}" at '${path}': Proto field is not repeating, cannot start list.`
        violations.push({ field: path, description })
      } else read[camel] = readType(type, item, inner, violations)
    }
  }
  return read
}

function readScalar(type: string, value: unknown, path: string, violations: Violation[]): unknown {
  const violation = () => addViolation(value, type, path, violations)
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : violation()
    case 'bytes':
      return typeof value === 'string' ? readBytes(value, path, violations) : violation()
    case 'bool':
      return typeof value === 'boolean' ? value : violation()
    case 'int32':
    case 'int64':
      return isNumeric(value) && Number.isInteger(Number(value)) ? Number(value) : violation()
    case 'float':
      return isNumeric(value) ? Number(value) : violation()
    default:
      return readEnum(type, value) ?? violation()
  }
}

function readEnum(type: string, value: unknown): string | undefined {
  const names = ENUMS[type.replace('enum ', '')]!
  if (typeof value === 'number') return names[value]
  if (typeof value !== 'string') return undefined
  // OpenAPI writes types in lower case, and Google's samples thinking levels.
  return names.find((name) => name.toUpperCase() === value.toUpperCase())
}

/** Base64, plain or URL-safe. */
function readBytes(text: string, path: string, violations: Violation[]): Buffer {
  const bytes = Buffer.from(text, 'base64')
  // Without line breaks and padding, four characters encode three bytes.
  const characters = text.length - (text.match(/[\s=]/g)?.length ?? 0)
  if (bytes.length !== Math.floor((characters * 3) / 4)) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text
    const description = `Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(shown)}`
    violations.push({ field: path, description })
  }
  return bytes
}

function addViolation(value: unknown, type: string, path: string, violations: Violation[]): undefined {
  const name =
    MESSAGES[type] || type.startsWith('enum ') || type.startsWith('map ')
      ? `type.googleapis.com/google.ai.generativelanguage.${type.replace(/^\w+ /, '')}`
      : `TYPE_${type.toUpperCase()}`
  const shown = JSON.stringify(value)?.slice(0, 60)
  violations.push({ field: path, description: `Invalid value at '${path}' (${name}), ${shown}` })
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
  )
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

import { type Config, parseConfig } from './config.ts'
import { params } from './params.ts'

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
])

/**
 * The parameters as plain, checked values. Call it when a function runs, never on import.
 * @throws Error when a value is out of bounds, or when results would match UPLOAD_PATH.
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const values = Object.fromEntries(
    Object.entries(params).map(([name, param]) => {
      // Not `param.value()`: outside the Firebase CLI it gives '' or 0 for a parameter that is not set, rather than the default.
      const text = environment[param.name]
      const fallback = param.options.default
      if (text === undefined) return [name, fallback]
      // What is no boolean or number stays text, for the schema to refuse.
      if (typeof fallback === 'boolean') return [name, BOOLEANS.get(text) ?? text]
      if (typeof fallback === 'number') return [name, /^\d+$/.test(text) ? Number(text) : text]
      return [name, text]
    }),
  )
  return parseConfig(values)
}

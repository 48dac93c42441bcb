import { type Config, parseConfig } from './config.ts'
import { params } from './params.ts'

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
])

/**
 * The parameters as plain, checked values. Call this when a function runs, never on import.
 * @throws Error if a value is out of bounds, or if two values cannot be combined
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const values = Object.fromEntries(
    Object.entries(params).map(([name, param]) => {
      // Not `param.value()`: outside the Firebase CLI it returns '' or 0 for an unset parameter.
      const text = environment[param.name]
      const fallback = param.options.default
      if (text === undefined) return [name, fallback]
      // A text that is no boolean or number stays text, and the schema rejects it.
      if (typeof fallback === 'boolean') return [name, BOOLEANS.get(text) ?? text]
      if (typeof fallback === 'number') return [name, /^\d+$/.test(text) ? Number(text) : text]
      return [name, text]
    }),
  )
  return parseConfig(values)
}

import { type Config, parseConfig } from './config.ts'
import { readValues, withCurrentModels } from './read-config.ts'

/**
 * A configuration of `settings` and defaults for all others: docs/configuration.md lists them.
 * @throws Error if a setting is unknown or out of bounds, or if two settings cannot be combined
 */
export function createConfig(settings: Partial<Config> = {}, now = new Date()): Config {
  const values = readValues({})
  for (const [key, value] of Object.entries(settings)) {
    if (!Object.hasOwn(values, key))
      throw new Error(`Cannot use the setting ${key}: there is no such setting`)
    if (value !== undefined) values[key] = asSet(value, values[key])
  }
  return withCurrentModels(parseConfig(values), now)
}

/** The value as the environment would contain it: lists and some numbers are texts there. */
function asSet(value: Config[keyof Config], fallback: unknown): unknown {
  if (typeof fallback !== 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.join(',')
  return String(value)
}

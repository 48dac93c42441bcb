import { type Config, parseConfig } from './config.ts'
import { currentModel } from './model-routes.ts'
import { migratedBucket, questions, WHOLE_BUCKET } from './questions.ts'
import type { Setting } from './setting.ts'
import { settings } from './settings.ts'

type Environment = Record<string, string | undefined>

/**
 * The parameters as plain, checked values, with current models in place of those that the Gemini API routes
 * to others. Call this when a function runs, never on import.
 * @throws Error as `readParameters`
 */
export function readConfig(environment: Environment = process.env, now = new Date()): Config {
  return withCurrentModels(readParameters(environment), now)
}

/** Replaces models that the Gemini API routes to others. */
export function withCurrentModels(config: Config, now: Date): Config {
  if (config.provider !== 'gemini-api') return config
  return {
    ...config,
    describeModel: currentModel(config.describeModel, now),
    locateModel: currentModel(config.locateModel, now),
    answerModel: currentModel(config.answerModel, now),
    compareModel: currentModel(config.compareModel, now),
    fallbackModel: currentModel(config.fallbackModel, now),
  }
}

/**
 * The parameters as they are set.
 * @throws Error if a value is out of bounds, or if two values cannot be combined
 */
export function readParameters(environment: Environment): Config {
  try {
    return parseConfig(readValues(environment))
  } catch (error) {
    throw new Error(withVariables((error as Error).message), { cause: error })
  }
}

/** Adds the names of the environment variables to the keys in a message. */
function withVariables(message: string): string {
  const all: Record<string, Setting> = { ...questions, ...settings }
  return message.replaceAll(/→ at (\w+)/g, (text, key: string) =>
    Object.hasOwn(all, key) ? `${text} (${all[key]!.name})` : text,
  )
}

/**
 * The values that `parseConfig` checks, by the keys of `Config`.
 * @throws Error if HEIC_ENABLED is not a boolean, or if two buckets are named
 */
export function readValues(environment: Environment): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  // Not the `value()` of parameters: outside the Firebase CLI it returns '' or 0 for an unset parameter.
  for (const [key, setting] of Object.entries({ ...questions, ...settings })) {
    values[key] = valueOf(environment[setting.name], setting.default)
  }
  const bucket = migratedBucket(environment)
  if (bucket !== undefined) {
    if (environment.UPLOAD_BUCKET && environment.UPLOAD_BUCKET !== bucket) {
      throw new Error(
        `Cannot use the parameters:\nIMG_BUCKET is ${bucket}, but UPLOAD_BUCKET is ${environment.UPLOAD_BUCKET}: remove IMG_BUCKET`,
      )
    }
    values.uploadBucket = bucket
    values.uploadPath = environment.UPLOAD_PATH ?? WHOLE_BUCKET
  }
  return { ...values, heic: heicOf(environment, values.heic) }
}

/**
 * HEIC_ENABLED=true of earlier versions means HEIC=decode, unless HEIC is set. HEIC is empty by default,
 * because the Firebase CLI set every parameter to its default when it deployed earlier versions.
 * @throws Error if HEIC_ENABLED is not a boolean
 */
function heicOf({ HEIC_ENABLED = '' }: Environment, heic: unknown): unknown {
  if (!['', 'true', 'false'].includes(HEIC_ENABLED)) {
    throw new Error('Cannot use the parameters:\nHEIC_ENABLED must be true or false: use HEIC instead')
  }
  if (heic !== '') return heic
  return HEIC_ENABLED === 'true' ? 'decode' : 'original'
}

/** A text that is no boolean or number stays text, and the schema rejects it. */
function valueOf(text: string | undefined, fallback: unknown): unknown {
  if (text === undefined) return fallback
  if (typeof fallback === 'boolean') return text === 'true' || (text === 'false' ? false : text)
  if (typeof fallback === 'number') return /^\d+$/.test(text) ? Number(text) : text
  return text
}

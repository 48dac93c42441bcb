import type { App } from 'firebase-admin/app'
import type { Config } from './config/config.ts'
import { createConfig } from './config/create-config.ts'
import { VisionError } from './errors.ts'
import { requireHeicDecoder } from './image/heic-decoder.ts'
import type { Services } from './ports/services.ts'
import { buildServices } from './services.ts'

export type ServicesOptions = {
  /** Default: all settings at their defaults. Use the same configuration for the services and the pipeline. */
  config?: Config
  /** The key of the Gemini API, read with the first model request. Default: GEMINI_API_KEY of the environment. */
  apiKey?: string | (() => string)
  /** The bucket of uploads. Default: `config.uploadBucket`, or else the default bucket of the app. */
  bucket?: string
  /** The region of `onPhotoQueued` and `onBackfillQueued`, whose queues sweeps use. Default: us-central1. */
  region?: string
  /** Default: the default app, which is initialized if necessary. */
  app?: App
  /** Your own implementations of some services, such as another model. */
  replace?: Partial<Services>
}

/**
 * The services that the pipeline needs, with Firestore, Cloud Storage and Gemini behind them. Sends no
 * request. Call it once for each instance of a function and keep the result: the services remember open
 * circuits and connections. On SIGTERM, running annotations release their leases.
 * @throws Error if the configuration needs a package that is not installed, or if there is no bucket
 */
export async function createServices(options: ServicesOptions = {}): Promise<Services> {
  const { apiKey = keyOfEnvironment, bucket, region = 'us-central1', app, replace } = options
  const given = options.config ?? createConfig()
  const config = bucket === undefined ? given : { ...given, uploadBucket: bucket }
  requireHeicDecoder(config)
  const readKey = typeof apiKey === 'string' ? () => apiKey : apiKey
  const services = await buildServices(config, readKey, { region, app })
  if (services.bucket === '') {
    throw new Error(
      'Cannot create services: the Firebase app has no default bucket. Pass `bucket`, or set `uploadBucket` in the configuration',
    )
  }
  return { ...services, ...replace }
}

function keyOfEnvironment(): string {
  const key = process.env.GEMINI_API_KEY
  if (key) return key
  throw new VisionError(
    'model-misconfigured',
    'The Gemini API needs a key: pass `apiKey` to createServices(), or bind the secret GEMINI_API_KEY to the function',
  )
}

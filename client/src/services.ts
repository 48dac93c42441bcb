import type { Caller } from './calls.ts'
import { clientError } from './error.ts'
import type { Files } from './files.ts'
import type { FiresightOptions, FunctionName } from './settings.ts'
import { openService } from './wrap-errors.ts'

/** The services of the Firebase SDK, each loaded on first use. */
export function createServices({ app, emulators = {}, ...options }: FiresightOptions) {
  const { region = 'us-central1', limitedUseAppCheckTokens = false } = options
  const { bucket, outputBucket, database, collection, instance } = options
  const { prefix = instance === undefined ? '' : `kit-${instance}-`, names } = options
  return {
    /** The deployed name of a function. */
    nameOf: (name: FunctionName): string => names?.[name] ?? `${prefix}${name}`,
    caller: once(async (): Promise<Caller> => {
      const { createCaller } = await importModule(import('./calls.ts'))
      const settings = { region, limitedUseAppCheckTokens, emulator: emulators.functions }
      return openService('Functions', () => createCaller(app, settings))
    }),
    files: once(async (): Promise<Files> => {
      const { openFiles } = await importModule(import('./files.ts'))
      return openService('Storage', () => openFiles(app, { bucket, outputBucket }, emulators.storage))
    }),
    documents: once(async () => {
      const { openDocuments, ...queries } = await importModule(import('./documents.ts'))
      const settings = { database, collection }
      const images = openService('Firestore', () => openDocuments(app, settings, emulators.firestore))
      return { images, ...queries }
    }),
  }
}

/**
 * @throws FiresightError `network` if the separate file that a bundler made of the module cannot be loaded
 */
export async function importModule<T>(imported: Promise<T>): Promise<T> {
  try {
    return await imported
  } catch (error) {
    throw clientError('network', error)
  }
}

/** Loads a service once. Retries after a failure, which may be transient. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let part: Promise<T> | undefined
  return () => {
    part ??= load().catch((error: unknown): never => {
      part = undefined
      throw error
    })
    return part
  }
}

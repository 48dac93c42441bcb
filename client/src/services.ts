import type { Caller } from './calls.ts'
import { clientError } from './error.ts'
import type { Files } from './files.ts'
import { opened } from './guarded.ts'
import type { FiresightOptions, FunctionName } from './settings.ts'

/** Parts of the Firebase SDK, each loaded when it is needed first. */
export function createServices({ app, emulators = {}, ...options }: FiresightOptions) {
  const { region = 'us-central1', limitedUseAppCheckTokens = false, bucket, outputBucket } = options
  return {
    /** The name that a function was deployed under. */
    nameOf: (name: FunctionName): string => options.names?.[name] ?? `${options.prefix ?? ''}${name}`,
    caller: once(async (): Promise<Caller> => {
      const { createCaller } = await loaded(import('./calls.ts'))
      const settings = { region, limitedUseAppCheckTokens, emulator: emulators.functions }
      return opened('Functions', () => createCaller(app, settings))
    }),
    files: once(async (): Promise<Files> => {
      const { openFiles } = await loaded(import('./files.ts'))
      return opened('Storage', () => openFiles(app, { bucket, outputBucket }, emulators.storage))
    }),
    documents: once(async () => {
      const { openDocuments, watchDocument, watchNewest } = await loaded(import('./documents.ts'))
      const firestore = opened('Firestore', () => openDocuments(app, emulators.firestore))
      return { firestore, watchDocument, watchNewest }
    }),
  }
}

/** A part of the code that bundlers keep in a file of its own, which may not arrive. */
export async function loaded<T>(file: Promise<T>): Promise<T> {
  try {
    return await file
  } catch (error) {
    throw clientError('network', error)
  }
}

/** Loads once, and anew after a failure, since a file that did not load may do so later. */
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

import type { FiresightOptions } from '@firesight/client'

/**
 * The settings that the page shares with the functions, by their names there. The page has them with the
 * prefix `VITE_` (web/.env.example). `npm start` takes them from the parameters of the functions.
 */
export const SHARED_SETTINGS = [
  'FUNCTIONS_REGION',
  'UPLOAD_BUCKET',
  'OUTPUT_BUCKET',
  'UPLOAD_PATH',
  'IMAGES_COLLECTION',
  'FIRESTORE_DATABASE',
  'CONSUME_APP_CHECK_TOKEN',
] as const

type Setting = (typeof SHARED_SETTINGS)[number] | 'KIT_INSTANCE' | 'APP_CHECK_SITE_KEY'

export type Settings = {
  /** The site key of reCAPTCHA Enterprise. Undefined: the page does not use App Check. */
  appCheckSiteKey: string | undefined
  client: Omit<FiresightOptions, 'app' | 'auth' | 'emulators'>
  /** The values of all placeholders of the upload path that the client does not fill. */
  segments: Record<string, string>
}

/** Addresses of the emulators as "host:port". */
export type Emulators = {
  auth: string
  functions: string
  firestore: string
  storage: string
  gemini?: string
  /** Whether the local Gemini API finds objects with a small model. */
  geminiDetector?: boolean
}

/** Reads the variables that Vite has built into the page. An empty value means the default. */
export function readSettings(environment: Readonly<Record<string, unknown>>): Settings {
  const read = (name: Setting): string | undefined => {
    const value = environment[`VITE_${name}`]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const uploadPath = read('UPLOAD_PATH')
  const options = {
    region: read('FUNCTIONS_REGION'),
    bucket: read('UPLOAD_BUCKET'),
    outputBucket: read('OUTPUT_BUCKET'),
    uploadPath,
    collection: read('IMAGES_COLLECTION'),
    database: read('FIRESTORE_DATABASE'),
    instance: read('KIT_INSTANCE'),
    limitedUseAppCheckTokens: read('CONSUME_APP_CHECK_TOKEN') === 'true' || undefined,
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return {
    appCheckSiteKey: read('APP_CHECK_SITE_KEY'),
    client: Object.fromEntries(given),
    segments: segmentsOf(uploadPath ?? ''),
  }
}

/** The page has no field for such values: it uses `web` for each. */
function segmentsOf(uploadPath: string): Record<string, string> {
  const folders = uploadPath.split('/').slice(0, -1)
  const names = folders.flatMap((folder) => /^\{(\w+)\}$/.exec(folder)?.[1] ?? [])
  return Object.fromEntries(names.filter((name) => name !== 'uid').map((name) => [name, 'web']))
}

import { __getSpec } from 'firebase-functions/options'
import {
  BUCKET_PICKER,
  defineInt,
  defineSecret,
  defineString,
  Expression,
  select,
  storageBucket,
} from 'firebase-functions/params'
import { BUCKET_PATTERN, migratedBucket, questions, UPLOAD_PATH_PATTERN, WHOLE_BUCKET } from './questions.ts'
import type { Setting } from './setting.ts'
import { settings } from './settings.ts'

// What the Firebase CLI asks before it installs or deploys: at most seven questions, and the region. All other
// settings have defaults: settings.ts.

const KEY = 'GEMINI_API_KEY'
const REGION = 'us-central1'
const TOKENS = '\\d{1,12}'

/** The secret, which Vertex AI does not need. The provider is known once it is in the `.env` file. */
const secretKey =
  process.env.GEMINI_PROVIDER === 'vertex-ai'
    ? undefined
    : defineSecret(KEY, {
        label: 'API key',
        description:
          'Key of the Gemini API, from https://aistudio.google.com/apikey. Not needed with vertex-ai: set GEMINI_PROVIDER=vertex-ai in the .env file first.',
      })

/** The secrets of every function that calls the model or deletes its files. */
export const SECRETS = secretKey ? [secretKey] : []

/** Reads the secret. Empty with Vertex AI. */
export function geminiApiKey(): string {
  return secretKey?.value() ?? ''
}

/** The key as the environment has it, to remove it from texts. Reads nothing and warns about nothing. */
export function knownApiKey(): string | undefined {
  return process.env[KEY]
}

/** The region of `setGlobalOptions()`, which the wrapper of a kit calls before it imports the functions. */
const globalRegion = __getSpec().globalOptions.region

/** Outside kits. */
const ownRegion =
  globalRegion === undefined
    ? defineString('FUNCTIONS_REGION', {
        default: REGION,
        label: 'Region',
        description:
          "Region of the functions. It must be the bucket's location, or a region within it (us-central1 for a bucket in US).",
        input: {
          text: {
            validationRegex: '^[a-z]+-[a-z]+\\d+$',
            validationErrorMessage: 'It must be a region such as us-central1 or europe-west1.',
          },
        },
      })
    : undefined

/** The option `region` of each function. Undefined: the global option. */
export const region = ownRegion

/** The region in which this function runs, to name the queues next to it. */
export function currentRegion(): string {
  // Not `value()`: outside the Firebase CLI it returns '' for a parameter that is not set.
  if (ownRegion) return process.env[ownRegion.name] || REGION
  const declared = [globalRegion].flat()[0]
  if (typeof declared === 'string') return declared
  return (declared instanceof Expression ? declared.value() : '') || REGION
}

/** The bucket whose uploads are annotated. */
export const uploadBucket = defineString(questions.uploadBucket.name, {
  default: migratedBucket() ?? storageBucket,
  label: 'Bucket of the photos',
  description: questions.uploadBucket.description,
  // The emulators have no list of buckets.
  input: process.env.FUNCTIONS_EMULATOR === 'true' ? { text: {} } : BUCKET_PICKER,
})

// readConfig() reads the values: declaring a parameter makes the CLI ask for it.
const uploadPath = migratedBucket() === undefined ? questions.uploadPath.default : WHOLE_BUCKET
ask({ ...questions.uploadPath, default: uploadPath }, 'Path of the photos', {
  text: {
    validationRegex: UPLOAD_PATH_PATTERN,
    validationErrorMessage:
      'It must be a path without a slash at its ends, such as users/{uid}/uploads/{fileName}.',
  },
})
ask(
  questions.provider,
  'Provider of the models',
  select({ 'Gemini API, with a key': 'gemini-api', 'Vertex AI, without a key': 'vertex-ai' }),
)
// Not a boolean: the CLI would preselect `true`, whatever the default is.
ask(
  questions.enforceAppCheck,
  'App Check',
  select({
    'No: any program with a user account can call': 'false',
    'Yes: reject calls without a valid App Check token': 'true',
  }),
)
defineInt(questions.projectTokensPerDay.name, {
  default: questions.projectTokensPerDay.default,
  label: 'Daily budget',
  description: questions.projectTokensPerDay.description,
  input: {
    text: {
      validationRegex: `^${TOKENS}$`,
      validationErrorMessage: 'It must be a number of tokens, such as 20000000.',
    },
  },
})
ask(questions.outputBucket, 'Bucket of the results', {
  text: {
    validationRegex: BUCKET_PATTERN,
    validationErrorMessage: 'It must be the name of a bucket without gs://, or empty.',
  },
})

type TextInput = NonNullable<Parameters<typeof defineString>[1]>['input'] & {}

function ask(
  { name, default: fallback, description }: Setting & { default: string },
  label: string,
  input: TextInput,
): void {
  defineString(name, { default: fallback, label, description, input })
}

/** A parameter or setting, for the docs and for checks of `.env` files. */
export type Variable = Setting & {
  /** The Firebase CLI asks for it. */
  asked: boolean
}

/** All settings: the region, those that the CLI asks for, and the others. */
export const VARIABLES: readonly Variable[] = [
  {
    name: 'FUNCTIONS_REGION',
    asked: true,
    default: REGION,
    description: ownRegion?.options.description ?? '',
  },
  ...Object.values(questions).map((setting): Variable => ({ ...setting, asked: true })),
  ...Object.values(settings).map((setting): Variable => ({ ...setting, asked: false })),
]

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { readSettings, SHARED_SETTINGS } from '../../../web/src/settings.ts'

const example = parseEnv(readFileSync(join(import.meta.dirname, '../../../web/.env.example'), 'utf8'))

test('readSettings() uses the defaults of the client without variables', () => {
  expect(readSettings({})).toEqual({ appCheckSiteKey: undefined, client: {}, segments: {} })
})

test('readSettings() converts the variables to options of the client', () => {
  const environment = {
    VITE_FUNCTIONS_REGION: 'europe-west1',
    VITE_APP_CHECK_SITE_KEY: 'key',
    VITE_CONSUME_APP_CHECK_TOKEN: 'true',
    VITE_UPLOAD_BUCKET: 'photos',
    VITE_OUTPUT_BUCKET: 'results',
    VITE_UPLOAD_PATH: '{team}/{uid}/{album}/{fileName}',
    VITE_IMAGES_COLLECTION: 'pictures',
    VITE_FIRESTORE_DATABASE: 'eu',
    VITE_KIT_INSTANCE: 'a',
  }
  expect(readSettings(environment)).toEqual({
    appCheckSiteKey: 'key',
    client: {
      region: 'europe-west1',
      bucket: 'photos',
      outputBucket: 'results',
      uploadPath: '{team}/{uid}/{album}/{fileName}',
      collection: 'pictures',
      database: 'eu',
      instance: 'a',
      limitedUseAppCheckTokens: true,
    },
    segments: { team: 'web', album: 'web' },
  })
  expect(Object.keys(example).toSorted()).toEqual(Object.keys(environment).toSorted())
})

test('web/.env.example has the defaults of the client, and every shared setting', () => {
  expect(readSettings(example).client).toEqual({
    region: 'us-central1',
    uploadPath: 'users/{uid}/uploads/{fileName}',
    collection: 'images',
    database: '(default)',
  })
  for (const name of SHARED_SETTINGS) expect(example).toHaveProperty(`VITE_${name}`)
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addresses, emulatorsEnvironment } from '../../../tools/environment.ts'
import { preferredPorts } from '../../../tools/ports.ts'
import { runConfig } from '../../../tools/run-folder.ts'

const project = JSON.parse(readFileSync(join(import.meta.dirname, '../../../firebase.json'), 'utf8'))

test('runConfig() keeps functions and rules, and sets the port of every emulator', () => {
  const config = runConfig(project, { ...preferredPorts, storage: 20_001, firestoreWebsocket: 20_002 })
  expect(config).toMatchObject({
    functions: [{ source: 'functions/dist', configDir: 'functions', runtime: 'nodejs24' }],
    storage: { rules: 'storage.rules' },
    emulators: {
      storage: { host: '127.0.0.1', port: 20_001 },
      firestore: { host: '127.0.0.1', port: 8080, websocketPort: 20_002 },
    },
  })
  expect(config).not.toHaveProperty('hosting')
})

test('addresses() sets or removes the address of the local Gemini API', () => {
  expect(addresses(preferredPorts, '127.0.0.1:9610', undefined)).toMatchObject({
    GEMINI_EMULATOR_HOST: '127.0.0.1:9610',
    FIRESTORE_EMULATOR_HOST: '127.0.0.1:8080',
    STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9199',
    FUNCTIONS_EMULATOR_HOST: '127.0.0.1:5001',
  })
  expect(addresses(preferredPorts, undefined, undefined).GEMINI_EMULATOR_HOST).toBeUndefined()
})

test('environments contain no keys or credentials', () => {
  const folders = { javaFolder: '/java', jarsFolder: '/jars', temporaryFolder: '/tmp', geminiHost: undefined }
  for (const environment of [
    addresses(preferredPorts, undefined, undefined),
    emulatorsEnvironment(folders),
  ]) {
    for (const name of ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS']) {
      expect(environment).toHaveProperty(name, undefined) // Set to undefined, to remove inherited values.
    }
  }
})

test('emulatorsEnvironment() removes the addresses of an outer run', () => {
  const folders = { javaFolder: '/java', jarsFolder: '/jars', temporaryFolder: '/tmp', geminiHost: undefined }
  const {
    GEMINI_EMULATOR_HOST: _ours,
    FIRESIGHT_WEB_URL: _page,
    ...environment
  } = addresses(preferredPorts, 'x:1', 'y')
  const hidden = emulatorsEnvironment(folders)
  for (const name of Object.keys(environment).filter(
    (key) => key.endsWith('_HOST') || key.endsWith('_HUB'),
  )) {
    expect(hidden).toHaveProperty(name, undefined)
  }
})

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { root } from '../../../tools/paths.ts'

const url = (path: string) => JSON.stringify(pathToFileURL(join(root, 'functions/src', path)).href)

const script = `
  import { registerHooks } from 'node:module'
  const modules = new Set()
  registerHooks({ load: (url, context, next) => { modules.add(url); return next(url, context) } })
  const { readConfig } = await import(${url('config/read-config.ts')})
  const { buildServices } = await import(${url('services.ts')})
  const { upkeep } = await buildServices(readConfig({}), () => 'key', { region: 'us-central1' })
  const built = [...modules]
  modules.clear()
  const limitation = upkeep.queue.limitation()
  // Fails before a request is sent.
  const failure = await upkeep.queue.enqueue({ bucket: 'b', name: 'n' }, '/').catch((error) => error.code)
  console.log(JSON.stringify({ built, used: [...modules], limitation, failure }))
`

test('buildServices() loads the adapters of maintenance with their first call: no photo needs them', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    cwd: join(root, 'functions'),
    env: {
      ...process.env,
      FIREBASE_CONFIG: '{"projectId":"demo-firesight","storageBucket":"demo.appspot.com"}',
      GCLOUD_PROJECT: 'demo-firesight',
    },
  })
  const { built, used, limitation, failure } = JSON.parse(output)
  const loads = (modules: string[], path: string) => modules.some((module) => module.includes(path))
  const maintenance = [
    '/stores/cloud-tasks/',
    '/firestore-annotation-index.',
    '/firestore-progress.',
    '/firestore-model-files.',
    '/gemini/files-api.',
    '/node_modules/@google-cloud/storage/',
    '/node_modules/@google/genai/',
    '/node_modules/sharp/',
  ]
  expect(maintenance.filter((path) => loads(built, path))).toEqual([])
  expect(loads(built, '/firestore-annotations.')).toBe(true)
  expect(limitation).toBeUndefined()
  expect(loads(used, '/stores/cloud-tasks/')).toBe(true)
  expect(failure).toBe('functions/invalid-argument')
})

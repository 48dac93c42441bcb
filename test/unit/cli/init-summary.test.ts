import { describe, expect, it, test } from 'vitest'
import { initProject } from './init-project.ts'

const firebaserc = { '.firebaserc': '{ "projects": { "default": "photo-album" } }' }
const region = 'europe-west1'

describe('the next steps', () => {
  it('deploy only the codebase', async () => {
    const output = await initProject(firebaserc).init({ region })
    expect(output).toContain('firebase functions:secrets:set GEMINI_API_KEY --project photo-album')
    expect(output).toContain(
      'firebase deploy --only functions:firesight,firestore,storage --project photo-album',
    )
  })

  it('deploy only the instances of the kit', async () => {
    const kit = { kit: 'firesight', source: 'kit', instances: { cats: 'kit-a', dogs: 'kit-b' } }
    const project = initProject({ ...firebaserc, 'firebase.json': JSON.stringify({ functions: [kit] }) })
    project.write('kit-a/.env', 'FUNCTION_DEFAULT_REGION=us-central1\n')
    project.write('kit-b/.env', 'FUNCTION_DEFAULT_REGION=us-central1\n')
    const output = await project.init()
    expect(output).toContain(
      'firebase deploy --only functions:cats,functions:dogs,firestore,storage --project',
    )
  })

  it('need no key for Vertex AI', async () => {
    const project = initProject({
      ...firebaserc,
      'firebase.json': '{ "functions": { "source": "fs", "codebase": "firesight" } }',
      'fs/.env': 'GEMINI_PROVIDER=vertex-ai\n',
    })
    expect(await project.init({ region })).not.toContain('functions:secrets:set')
  })
})

test('an own TTL setting of a field of Firesight is replaced, not doubled', async () => {
  const project = initProject({
    ...firebaserc,
    'firestore.indexes.json':
      '{\n  "indexes": [],\n  "fieldOverrides": [\n    { "collectionGroup": "images", "fieldPath": "expireAt", "ttl": false, "indexes": [] } // Mine.\n  ]\n}\n',
  })
  await project.init({ region })
  expect(project.files()['firestore.indexes.json']).toContain(
    '    { "collectionGroup": "images", "fieldPath": "expireAt", "ttl": true, "indexes": [] }, // Mine.\n',
  )
})

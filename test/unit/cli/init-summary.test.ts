import { describe, expect, it } from 'vitest'
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

  it.each<[string, string, string[]]>([
    ['the codebase', '{}', ['functions describe onImageUploaded --region=europe-west1']],
    [
      'each instance of the kit',
      '{ "functions": [{ "kit": "firesight", "source": "kit", "instances": { "cats": "a", "dogs": "b" } }] }',
      [
        'functions describe kit-cats-onImageUploaded --region=us-central1',
        'functions describe kit-dogs-onImageUploaded --region=europe-west1',
      ],
    ],
  ])('end with the role for the service account of %s', async (_what, config, found) => {
    const project = initProject({
      ...firebaserc,
      'firebase.json': config,
      'a/.env': 'FUNCTION_DEFAULT_REGION=us-central1\n',
      'b/.env': 'FUNCTION_DEFAULT_REGION=europe-west1\n',
    })
    const steps = (await project.init(config === '{}' ? { region } : {})).split(/\n {2}\d\. /)
    const last = steps.at(-1)!
    expect(last.match(/functions describe \S+ --region=\S+/g)).toEqual(found)
    expect(
      last.match(/^ +gcloud iam service-accounts add-iam-policy-binding .* --project=photo-album$/gm),
    ).toHaveLength(found.length)
    expect(last).toContain('--role=roles/iam.serviceAccountUser')
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

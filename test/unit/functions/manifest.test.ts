import { describe, expect, it } from 'vitest'
import { BODY_LIMITS } from '../../../functions/src/config/body-limits.ts'
import { discover, type Manifest } from '../../support/discover.ts'

const KIT = ["setGlobalOptions({ region: defineString('FUNCTION_DEFAULT_REGION') })"]
const names = ({ params }: Manifest) => params.map(({ name }) => name)
const regions = ({ endpoints }: Manifest) => [
  ...new Set(Object.values(endpoints).map(({ region }) => JSON.stringify(region))),
]

describe('the manifest that the Firebase CLI discovers', () => {
  it('is the reviewed one (npm test -- manifest.test -u)', async () => {
    const manifest = await discover()
    // Without options that have no value.
    const text = JSON.stringify(manifest, (_, value: unknown) => value ?? undefined, 2)
    await expect(`${text}\n`).toMatchFileSnapshot('manifest.snapshot.json')
  })

  it('has a body limit for each function that clients can call', async () => {
    const { endpoints } = await discover()
    const callables = Object.keys(endpoints).filter((name) => endpoints[name]!.callableTrigger)
    expect([...BODY_LIMITS.keys()].toSorted()).toEqual(callables.toSorted())
  })

  it('asks at most seven questions and the region, each with a label', async () => {
    const { params } = await discover()
    const questions = params.filter(({ name }) => name !== 'FUNCTIONS_REGION')
    expect(questions.map(({ name }) => name)).toEqual([
      'GEMINI_API_KEY',
      'UPLOAD_BUCKET',
      'UPLOAD_PATH',
      'GEMINI_PROVIDER',
      'ENFORCE_APP_CHECK',
      'PROJECT_TOKENS_PER_DAY',
      'OUTPUT_BUCKET',
    ])
    for (const { name, type, label, description, default: value } of params) {
      expect({ name, label, description }).toEqual({
        name,
        label: expect.stringMatching(/^[A-Z]/),
        description: expect.stringMatching(/\.$/),
      })
      expect([name, type === 'secret' || value !== undefined]).toEqual([name, true])
    }
  })

  it('needs only a project id, as the installer of kits has it', async () => {
    const manifest = await discover({ FIREBASE_CONFIG: '{"projectId":"p"}' }, KIT)
    expect(names(manifest)).toContain('UPLOAD_BUCKET')
  })

  it('has the region of the kit on every function, and does not ask for it twice', async () => {
    const manifest = await discover({}, KIT)
    expect(regions(manifest)).toEqual(['"{{ params.FUNCTION_DEFAULT_REGION }}"'])
    expect(names(manifest)).not.toContain('FUNCTIONS_REGION')
    const literal = await discover({}, ["setGlobalOptions({ region: 'europe-west1' })"])
    expect(regions(literal)).toEqual(['["europe-west1"]'])
  })

  it('neither declares nor binds the secret with Vertex AI', async () => {
    const manifest = await discover({ GEMINI_PROVIDER: 'vertex-ai' })
    expect(JSON.stringify(manifest.endpoints)).not.toContain('GEMINI_API_KEY')
    expect(names(manifest)).not.toContain('GEMINI_API_KEY')
  })

  it.each([
    [{ MAX_OBJECTS: '0' }, /at maxObjects/],
    [{ MAX_INSTANCES: 'five' }, /Cannot use MAX_INSTANCES=five: it must be a positive integer, such as 5/],
    [{ IMAGES_COLLECTION: 'a/b' }, /at imagesCollection/],
    [{ IMAGES_COLLECTION: 'firesightQuotas' }, /at imagesCollection/],
  ])('is refused with %j', async (environment, message) => {
    await expect(discover(environment)).rejects.toThrow(message)
  })
})

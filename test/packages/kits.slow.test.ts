import { type GeminiEmulator, startGeminiEmulator } from '@firesight/gemini-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storageBucket } from '../../tools/paths.ts'
import { drawScene, FOUR_SHAPES } from '../support/scene.ts'
import { type EmulatedProject, startProject } from './support/emulated-project.ts'
import { createForeignProject, type ForeignProject } from './support/foreign-project.ts'
import type { KitInstallation } from './support/install-kit.ts'
import {
  callAsOperator,
  copiesIn,
  deferPhoto,
  finalStatus,
  idsIn,
  statusOf,
  uploadPhoto,
} from './support/photos.ts'
import { publishFunctions } from './support/published-packages.ts'

/*
 * The package as function kits in one project, installed by the Firebase CLI:
 * - `firesight`: installed by name from the registry, for the default bucket
 * - `albums`: a second instance of the same kit, for the bucket `albums`, with a Gemini API of its own
 * - `local`: the folder that `npm run build` makes, as another kit, for the bucket `local-photos`,
 *   which also writes documents in the shape of the extension storage-label-images
 */

const REGION = 'europe-west1'
const PHOTO = 'users/ada/uploads/shapes.png'
const BUCKETS = [storageBucket, 'albums', 'local-photos']

describe.each([22, 24] as const)('function kits on Node %i', (node) => {
  const stack = new AsyncDisposableStack()
  let project: ForeignProject
  let emulated: EmulatedProject
  let first: KitInstallation
  let geminiOfAlbums: GeminiEmulator
  let png: Buffer

  beforeAll(async () => {
    ;({ png } = await drawScene(FOUR_SHAPES))
    const published = stack.use(await publishFunctions())
    project = stack.use(createForeignProject({ node, registry: published.url }))
    // The wrapper of a package asks for FUNCTION_DEFAULT_REGION; a folder has no wrapper.
    const answers = {
      'Are you sure': true,
      FUNCTION_DEFAULT_REGION: REGION,
      'for Region': REGION,
      'API key': 'local',
    }
    const base = { buckets: BUCKETS, answers }
    first = await project.installKit({ ...base, package: published.name })
    const second = await project.installKit({
      ...base,
      package: published.name,
      instanceId: 'albums',
      answers: { ...answers, 'Bucket of the photos': 'albums' },
    })
    await project.unpack(published.deployable.file, 'kits/local')
    const third = await project.installKit({
      ...base,
      directory: 'kits/local',
      answers: { ...answers, 'Bucket of the photos': 'local-photos' },
    })
    for (const { error } of [first, second, third]) if (error) throw new Error(error)
    for (const { source } of project.kits())
      project.write(`${source}/.secret.local`, 'GEMINI_API_KEY=local\n')
    geminiOfAlbums = await startGeminiEmulator()
    stack.defer(() => geminiOfAlbums.close())
    project.addSettings('firesight', 'albums', { GEMINI_EMULATOR_HOST: `127.0.0.1:${geminiOfAlbums.port}` })
    project.addSettings('local', 'local', { COLLECTION_PATH: 'imageLabels', LABEL_MODE: 'basic' })
    emulated = stack.use(await startProject(project))
  })
  afterAll(async () => stack.disposeAsync())

  it('the installation asks for the region and seven settings', () => {
    expect(first.questions.map(({ message }) => message)).toEqual([
      `Are you sure you want to install the third-party kit firesight?`,
      'What would you like to name this kit?',
      'What would you like to name this instance?',
      'Enter a value for API key:',
      'Enter a string value for FUNCTION_DEFAULT_REGION:',
      'Select a value for Bucket of the photos:',
      'Enter a string value for Path of the photos:',
      'Select a value for Provider of the models:',
      'Select a value for App Check:',
      'Enter an integer value for Daily budget:',
      'Enter a string value for Bucket of the results:',
    ])
    expect(first.questions.find(({ message }) => message.includes('Bucket of the photos'))).toMatchObject({
      default: storageBucket,
      choices: BUCKETS,
    })
    expect(first.requests).toContain(
      'POST /v1/projects/demo-firesight/secrets/kit-firesight-GEMINI_API_KEY:addVersion',
    )
  })

  it('every function of every kit runs in the region of the installation', async () => {
    const functions = await emulated.functions()
    expect(functions.filter((name) => !name.startsWith(`${REGION}/kit-`))).toEqual([])
    for (const instance of ['firesight', 'albums', 'local'])
      expect(functions).toContain(`${REGION}/kit-${instance}-onImageUploaded`)
  })

  it('each kit annotates photos of its own bucket, and queues them again', async () => {
    const { ports } = emulated
    for (const bucket of BUCKETS) await uploadPhoto(ports, bucket, PHOTO, png)
    const statuses = await Promise.all(BUCKETS.map(async (bucket) => finalStatus(ports, bucket, PHOTO)))
    expect(statuses).toEqual(['succeeded', 'succeeded', 'succeeded'])
    const copies = [
      { file: `gs://local-photos/${PHOTO}`, labels: expect.toSatisfy((count: number) => count > 0) },
    ]
    await expect.poll(async () => copiesIn(ports, 'imageLabels')).toEqual(copies)

    await deferPhoto(ports, storageBucket, PHOTO)
    const report = await callAsOperator(ports, REGION, 'kit-firesight-sweepNow', {})
    expect(report).toMatchObject({ redriven: 1, removed: 0, walked: true })
    await expect
      .poll(async () => statusOf(ports, storageBucket, PHOTO), { timeout: 60_000 })
      .toBe('succeeded')
  })
  it('an invalid API key of one instance defers only its own photos, which no other instance sweeps', async () => {
    const { ports } = emulated
    const photo = PHOTO.replace('shapes', 'more-shapes')
    const invalidKey = { code: 401, status: 'UNAUTHENTICATED', message: 'API key not valid.' }
    await fetch(`${geminiOfAlbums.url}/emulator/v1/scripts`, {
      method: 'POST',
      body: JSON.stringify({ reply: { status: 401, body: { error: invalidKey } } }),
    })
    await uploadPhoto(ports, 'albums', photo, png)
    expect(await finalStatus(ports, 'albums', photo)).toBe('deferred')
    // Instances read circuits only every 30 s, so a later success alone would show nothing.
    expect(await idsIn(ports, 'firesight/albums/firesightCircuits')).toEqual(['gemini-api'])
    expect(await idsIn(ports, 'firesightCircuits')).toEqual([])
    await uploadPhoto(ports, storageBucket, photo, png)
    expect(await finalStatus(ports, storageBucket, photo)).toBe('succeeded')

    const sweep = (instance: string) =>
      callAsOperator(ports, REGION, `kit-${instance}-sweepNow`, { allDeferred: true })
    expect(await sweep('firesight')).toMatchObject({ redriven: 0, removed: 0, walked: true })
    expect(await sweep('local')).toMatchObject({ redriven: 0, removed: 0, walked: true })
    expect(await statusOf(ports, 'albums', photo)).toBe('deferred')
    expect(await sweep('albums')).toMatchObject({ redriven: 1, removed: 0, walked: true })
  })
})

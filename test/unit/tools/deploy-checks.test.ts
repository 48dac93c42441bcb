/* The responses have the format of the reference pages that each check links, read 2026-11-30. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkResults, checkUploads } from '../../../tools/deploy/buckets.ts'
import { checkDatabase } from '../../../tools/deploy/database.ts'
import { type Outcome } from '../../../tools/deploy/inspection.ts'
import { checkSettings } from '../../../tools/deploy/settings.ts'
import { UPLOADS } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const project = 'projects/photo-album'
const states = async (outcome: Promise<Outcome<unknown>>) =>
  (await outcome).findings.map(({ state }) => state)
const notRun = async () => expect.unreachable('no program may run')

describe('checkDatabase()', () => {
  const options = { id: '(default)', location: undefined, near: 'EU', isEnabled: true }

  test('never chooses a location itself, and proposes one near the bucket', async () => {
    const { findings, steps } = await checkDatabase(server.google(), notRun, options)
    expect(findings).toMatchObject([
      { state: 'problem', command: expect.stringContaining('--firestore-location eur3') },
    ])
    expect(steps).toBeUndefined()
  })

  test('a step creates the database in the chosen location', async () => {
    const commands: string[][] = []
    const run = async (...[, args]: Parameters<Parameters<typeof checkDatabase>[1]>) =>
      void commands.push(args)
    const { findings, steps } = await checkDatabase(server.google(), run, { ...options, location: 'eur3' })
    expect(findings).toMatchObject([{ state: 'change' }])
    await steps?.[0]?.run()
    expect(commands).toEqual([
      [
        'firestore:databases:create',
        '(default)',
        '--location',
        'eur3',
        '--project',
        'photo-album',
        '--non-interactive',
      ],
    ])
  })

  test.each([
    [
      'in another location than asked for',
      { locationId: 'nam5', type: 'FIRESTORE_NATIVE' },
      'eur3',
      'problem',
    ],
    ['in Datastore mode', { locationId: 'nam5', type: 'DATASTORE_MODE' }, undefined, 'problem'],
    ['as it should be', { locationId: 'nam5', type: 'FIRESTORE_NATIVE' }, undefined, 'ok'],
  ])('a named database %s', async (_, database, location, state) => {
    server.put(`firestore/v1/${project}/databases/photos`, {
      name: `${project}/databases/photos`,
      ...database,
    })
    expect(
      await states(checkDatabase(server.google(), notRun, { ...options, id: 'photos', location })),
    ).toEqual([state])
  })

  test('a project without the Firestore API has no database', async () => {
    expect(await states(checkDatabase(server.google(), notRun, { ...options, isEnabled: false }))).toEqual([
      'problem',
    ])
    expect(server.asked).toEqual([])
  })
})

describe('buckets', () => {
  const uploads = (location: string, region?: string) => {
    server.put(`storage/storage/v1/b/${UPLOADS}`, { name: UPLOADS, location })
    return checkUploads(server.google(), { name: UPLOADS, isDefault: true, region })
  }

  test.each([
    ['US', 'us-central1'],
    ['EU', 'europe-west1'],
    ['ASIA', 'asia-east1'],
    ['EUR4', 'europe-west4'],
    ['EUROPE-WEST3', 'europe-west3'],
  ])('checkUploads() maps %s to %s', async (location, region) => {
    expect((await uploads(location)).value?.region).toBe(region)
  })

  test.each([
    ['EU', 'europe-west4', 'ok'],
    ['EU', 'us-central1', 'problem'],
    ['EUROPE-WEST3', 'europe-west1', 'problem'],
  ])('checkUploads(): %s with FUNCTIONS_REGION %s is %s', async (location, region, state) => {
    expect(await states(uploads(location, region))).toEqual([state])
  })

  test('checkUploads() reports a project without a default bucket, and a bucket that does not exist', async () => {
    for (const name of [undefined, 'other-photos'])
      expect(
        await states(checkUploads(server.google(), { name, isDefault: !name, region: undefined })),
      ).toEqual(['problem'])
  })

  test('a bucket that is not the default bucket must be linked to Firebase', async () => {
    server.put('storage/storage/v1/b/other-photos', { name: 'other-photos', location: 'US' })
    const check = () =>
      checkUploads(server.google(), { name: 'other-photos', isDefault: false, region: undefined })
    expect(await states(check())).toEqual(['problem', 'ok'])
    // https://firebase.google.com/docs/reference/rest/storage/rest/v1beta/projects.buckets/get
    server.put(`firebasestorage/v1beta/${project}/buckets/other-photos`, {
      name: `${project}/buckets/other-photos`,
    })
    expect(await states(check())).toEqual(['ok'])
    expect(await states(checkResults(server.google(), 'other-photos'))).toEqual(['ok'])
  })
})

describe('checkSettings()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'))
  const file = join(folder, '.env.photo-album')
  afterEach(() => rmSync(file, { force: true }))
  const questions = [
    { name: 'FUNCTIONS_REGION', default: 'us-central1' },
    { name: 'UPLOAD_PATH', default: 'users/{uid}/uploads/{fileName}' },
    { name: 'ENFORCE_APP_CHECK', default: 'false' },
    { name: 'OUTPUT_BUCKET', default: '' },
  ]
  const values = { UPLOAD_PATH: 'users/{uid}/uploads/{fileName}' }
  const found = { FUNCTIONS_REGION: 'europe-west1' }
  const options = { folder, project: 'photo-album', code: { values, questions }, found, interactive: false }

  test('without a terminal, the defaults are written, but not the decision about App Check', async () => {
    expect(await checkSettings(options)).toMatchObject({
      findings: [
        { state: 'change', expected: `writes FUNCTIONS_REGION=europe-west1, OUTPUT_BUCKET= to ${file}` },
        { state: 'problem', found: 'ENFORCE_APP_CHECK not set, and there is no terminal to ask' },
      ],
    })
    expect(await states(checkSettings({ ...options, interactive: true }))).toEqual(['change', 'change'])
  })

  test('the step adds the region to the file of the project, and keeps its lines', async () => {
    writeFileSync(file, 'UPLOAD_PATH=a/{uid}/{fileName}')
    await (await checkSettings(options)).steps?.[0]?.run()
    expect(readFileSync(file, 'utf8')).toBe(
      'UPLOAD_PATH=a/{uid}/{fileName}\nFUNCTIONS_REGION=europe-west1\nOUTPUT_BUCKET=\n',
    )
  })
})

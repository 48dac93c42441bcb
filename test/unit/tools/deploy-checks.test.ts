/* The responses have the format of the reference pages that each check links, read 2026-11-30. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkApis, requiredApis } from '../../../tools/deploy/apis.ts'
import { checkResults, checkUploads } from '../../../tools/deploy/buckets.ts'
import { checkDatabase } from '../../../tools/deploy/database.ts'
import { type Outcome } from '../../../tools/deploy/inspection.ts'
import { checkPermissions } from '../../../tools/deploy/permissions.ts'
import { checkBilling, checkProject } from '../../../tools/deploy/project.ts'
import { checkSettings } from '../../../tools/deploy/settings.ts'
import { putApis, putReadyProject, UPLOADS } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const project = 'projects/photo-album'
const states = async (outcome: Promise<Outcome<unknown>>) =>
  (await outcome).findings.map(({ state }) => state)
const notRun = async () => expect.unreachable('no program may run')

describe('the project', () => {
  test('checkProject() returns the project number', async () => {
    putReadyProject(server)
    expect(await checkProject(server.google())).toMatchObject({
      value: '415104041262',
      findings: [{ state: 'ok' }],
    })
  })

  test('checkProject() reports a project without Firebase', async () => {
    expect(await checkProject(server.google())).toMatchObject({
      value: undefined,
      findings: [{ state: 'problem', command: 'firebase projects:addfirebase photo-album' }],
    })
  })

  test.each([
    [
      'a closed or missing billing account',
      { name: `${project}/billingInfo`, projectId: 'photo-album' },
      'problem',
    ],
    ['an open billing account', { billingAccountName: 'billingAccounts/0123', billingEnabled: true }, 'ok'],
  ])('checkBilling(): %s', async (_, info, state) => {
    server.put(`cloudbilling/v1/${project}/billingInfo`, info)
    expect(await states(checkBilling(server.google()))).toEqual([state])
  })

  test('checkPermissions() names the missing permissions', async () => {
    server.put(`cloudresourcemanager/v1/${project}:testIamPermissions`, {
      permissions: ['firebase.projects.get', 'firebasehosting.sites.update'],
    })
    const { findings } = await checkPermissions(server.google(), ['hosting'])
    expect(findings).toMatchObject([
      { state: 'problem', found: 'your account lacks serviceusage.services.enable' },
    ])
    expect(server.sent).toMatchObject([
      {
        method: 'POST',
        body: {
          permissions: [
            'firebase.projects.get',
            'serviceusage.services.enable',
            'firebasehosting.sites.update',
          ],
        },
      },
    ])
  })
})

describe('checkApis()', () => {
  const needs = {
    provider: 'vertex-ai',
    secrets: false,
    hosting: false,
    appCheck: false,
    declaredApis: [],
  } as const
  const required = requiredApis({ ...needs, declaredApis: [] })

  test('Vertex AI needs aiplatform.googleapis.com, and no secrets', () => {
    expect(required).toContain('aiplatform.googleapis.com')
    expect(required).not.toContain('secretmanager.googleapis.com')
  })

  test('reports the missing APIs without enabling them in a dry run', async () => {
    putApis(
      server,
      required.filter((api) => api !== 'run.googleapis.com'),
    )
    expect(await checkApis(server.google(), required, { enable: false })).toMatchObject({
      value: ['run.googleapis.com'],
      findings: [{ state: 'change', expected: 'enables run.googleapis.com, before the other checks' }],
    })
    expect(server.sent).toEqual([])
  })

  test('enables at most 20 APIs with one request, and waits for the operation', async () => {
    putApis(server, [])
    const many = Array.from({ length: 21 }, (_, index) => `api${index}.googleapis.com`)
    const operation = { name: 'operations/acat.p2-415104041262-0a1b' }
    // https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable
    server.put(`serviceusage/v1/${project}/services:batchEnable`, operation)
    server.put(`serviceusage/v1/${operation.name}`, operation, { ...operation, done: true, response: {} })
    const { value, findings } = await checkApis(server.google(), many, { enable: true, pauseMs: 1 })
    expect(value).toEqual([])
    expect(findings).toMatchObject([{ state: 'ok' }])
    expect(server.sent.map(({ body }) => (body as { serviceIds: string[] }).serviceIds.length)).toEqual([
      20, 1,
    ])
  })

  test('reports an operation that failed', async () => {
    putApis(server, [])
    const error = { code: 9, message: 'Billing must be enabled for activation of service.' }
    server.put(`serviceusage/v1/${project}/services:batchEnable`, { name: 'operations/1', done: true, error })
    await expect(checkApis(server.google(), ['run.googleapis.com'], { enable: true })).rejects.toThrow(
      'cannot enable run.googleapis.com: Billing must be enabled',
    )
  })
})

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

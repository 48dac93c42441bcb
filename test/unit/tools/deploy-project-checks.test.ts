/* The responses have the format of the reference pages that each check links, read 2026-11-30. */
import { describe, expect, test } from 'vitest'
import { checkApis, requiredApis } from '../../../tools/deploy/apis.ts'
import { type Outcome } from '../../../tools/deploy/inspection.ts'
import { checkPermissions } from '../../../tools/deploy/permissions.ts'
import { checkBilling, checkProject } from '../../../tools/deploy/project.ts'
import { ALL_PERMISSIONS, putApis, putReadyProject } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const project = 'projects/photo-album'
const states = async (outcome: Promise<Outcome<unknown>>) =>
  (await outcome).findings.map(({ state }) => state)

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

  test('checkPermissions() of functions includes acting as service accounts', async () => {
    server.put(`cloudresourcemanager/v1/${project}:testIamPermissions`, {
      permissions: ALL_PERMISSIONS.filter((name) => name !== 'iam.serviceAccounts.actAs'),
    })
    const { findings } = await checkPermissions(server.google(), ['functions'])
    expect(findings).toMatchObject([{ found: 'your account lacks iam.serviceAccounts.actAs' }])
    expect(await states(checkPermissions(server.google(), ['rules']))).toEqual(['ok'])
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

import { expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { checkSetup, SETUP } from '../../../functions/src/maintenance/check-setup.ts'
import { ModelFailure } from '../../../functions/src/ports/vision-model.ts'
import { memoryQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { services, upkeep } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const config = readConfig({ OUTPUT_BUCKET: 'results' })
const working = () => services(scriptedModel({ locate: ['OK'] }).model)

it('checkSetup() reports what it reached, and stores the report', async () => {
  const report = await checkSetup(working(), config, undefined)
  expect(report.state).toBe('ok')
  expect(report.checks.map(({ name, ok, fix }) => [name, ok, fix])).toEqual(
    ['firestore', 'indexes', 'bucket of the photos', 'bucket of the results', 'users', 'queue', 'model'].map(
      (name) => [name, true, undefined],
    ),
  )
  expect(upkeep.values.get(SETUP)).toEqual(report)
})

it('checkSetup() reports a queue whose tasks expire early, and a missing index', async () => {
  const found = working()
  const annotations = {
    ...found.upkeep.annotations,
    dueAfterOwner: async () => Promise.reject(new Error('The query requires an index')),
  }
  const queue = { ...found.upkeep.queue, limitation: () => 'Tasks expire' }
  const { checks } = await checkSetup(
    { ...found, upkeep: { ...found.upkeep, annotations, queue } },
    config,
    undefined,
  )
  expect(checks.find(({ name }) => name === 'queue')).toMatchObject({ found: 'accepts tasks. Tasks expire' })
  expect(checks.find(({ name }) => name === 'indexes')).toMatchObject({
    ok: false,
    fix: expect.stringMatching(/firestore\.indexes\.json/),
  })
})

it('checkSetup() reports a missing index of quotas, without which no photo is annotated', async () => {
  const found = working()
  const missing = async () => Promise.reject(new Error('The query requires an index'))
  const { state, checks } = await checkSetup(
    { ...found, quota: { ...found.quota, look: missing } },
    config,
    undefined,
  )
  expect(state).toBe('problems')
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    {
      name: 'indexes',
      ok: false,
      found: 'The query requires an index',
      fix: expect.stringMatching(/firestore\.indexes\.json/),
    },
  ])
})

it('checkSetup() accepts that processing is paused, and reports what it did not check', async () => {
  const found = working()
  const quota = memoryQuota()
  quota.settings.paused = true
  const { state, checks } = await checkSetup({ ...found, quota }, config, undefined)
  expect(state).toBe('ok')
  expect(checks.find(({ name }) => name === 'indexes')?.found).toMatch(/paused: the index of quotas$/)
})

it('checkSetup() reports each failure with its fix and without the key, and finishes the other checks', async () => {
  const key = 'AIzaSyD-1234567890'
  const invalid = new ModelFailure('model-misconfigured', 'Cannot ask the model', {
    fault: 'final',
    billing: 'free',
    scope: 'provider',
    serviceMessage: `API key not valid: ${key}`,
  })
  const denied = Object.assign(new Error('lacks iam.serviceAccounts.actAs'), {
    code: 'functions/permission-denied',
  })
  const found = services(scriptedModel({ locate: [invalid] }).model)
  const report = await checkSetup(
    {
      ...found,
      bucket: '',
      upkeep: { ...found.upkeep, queue: { enqueue: async () => Promise.reject(denied) } },
    },
    config,
    key,
  )
  const failed = report.checks.filter(({ ok }) => !ok)
  expect(report.state).toBe('problems')
  expect(failed).toEqual([
    {
      name: 'bucket of the photos',
      ok: false,
      found: 'The project has no default bucket',
      fix: expect.stringMatching(/correct UPLOAD_BUCKET/),
    },
    {
      name: 'queue',
      ok: false,
      found: 'lacks iam.serviceAccounts.actAs',
      fix: expect.stringMatching(/roles\/cloudtasks\.enqueuer/),
    },
    {
      name: 'model',
      ok: false,
      found: 'Cannot ask the model: API key not valid: [removed]',
      fix: expect.stringMatching(/GEMINI_API_KEY/),
    },
  ])
})

it('checkSetup() stores no report if Firestore cannot be reached', async () => {
  upkeep.values.clear()
  const found = working()
  const annotations = {
    ...found.upkeep.annotations,
    find: async () => Promise.reject(new Error('no database')),
  }
  const report = await checkSetup({ ...found, upkeep: { ...found.upkeep, annotations } }, config, undefined)
  expect(report.checks[0]).toMatchObject({ name: 'firestore', ok: false, found: 'no database' })
  expect(upkeep.values.size).toBe(0)
})

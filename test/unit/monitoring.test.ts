import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import firebaseFunctionsTest from 'firebase-functions-test'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Status } from '../../functions/src/document/annotation.ts'
import { FAILURES, VisionError } from '../../functions/src/errors.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { memoryQuota, unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import { extract, type LogEntry, labelsOf, matches } from '../support/log-filter.ts'
import {
  dashboardFilters,
  filesOf,
  policyFilters as filters,
  metrics,
  policies,
} from '../support/monitoring-files.ts'
import { exactly, NO_LIMITS } from '../support/quota-limits.ts'
import { scriptedModel } from '../support/vision.ts'

// The logger of firebase-functions keeps the console that it finds when it is imported.
const logged: string[] = []
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
  vi.spyOn(console, method).mockImplementation((line: string) => void logged.push(line))
}

const bucket = 'demo-firesight.appspot.com'
const testing = firebaseFunctionsTest({ projectId: 'demo-firesight', storageBucket: bucket })
const { onImageDeleted, onImageUploaded, onSweep } = await import('../../functions/src/index.ts')
const { replaceServices } = await import('../../functions/src/services.ts')
const { logQuota } = await import('../../functions/src/stores/log-quota.ts')
const { callableHandler } = await import('../../functions/src/callables/callable-frame.ts')
afterAll(() => testing.cleanup())

const page = readFileSync(join(import.meta.dirname, '../../docs/monitoring.md'), 'utf8')

/** Log lines of the real code. */
const entries: LogEntry[] = []

function use(model: Services['model'], photos = memoryPhotos()): void {
  let tokens = 0
  const annotations = memoryAnnotations()
  replaceServices({
    bucket,
    accounts: memoryAccounts(),
    annotations,
    photos,
    urlImages: httpsImages(),
    quota: unlimitedQuota(),
    upkeep: memoryUpkeep(
      () => annotations.documents,
      () => photos.files,
    ),
    model,
    modelFiles: memoryModelCopies(),
    now: () => new Date('2026-11-27T12:00:00Z'),
    newToken: () => `token-${++tokens}`,
  })
}

afterEach(() => replaceServices(undefined))

beforeAll(async () => {
  const name = 'users/alice/uploads/ball.png'
  const bytes = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const event = { data: { bucket, name, generation: '1', contentType: 'image/png', size: '9' } } as never
  const photos = memoryPhotos()
  photos.files.set(name, { bytes, contentType: 'image/png', generation: '1' })

  use(scriptedModel().model, photos)
  await testing.wrap(onImageUploaded)(event)
  await testing.wrap(onImageDeleted)(event)
  // A line for operators: the logger writes its message as the start of a stack trace.
  const refused = new VisionError('model-refused-request', 'No')
  photos.files.set(name, { bytes, contentType: 'image/png', generation: '1' })
  use(scriptedModel({ describe: [refused], locate: [refused] }).model, photos)
  await testing.wrap(onImageUploaded)(event)
  const down = new VisionError('model-unavailable', 'Down')
  use(scriptedModel({ describe: [down], locate: [down] }).model, photos)
  await Promise.resolve(testing.wrap(onImageUploaded)(event)).catch(() => undefined)

  await onSweep.run({ scheduleTime: '2026-11-27T12:00:00Z' })

  const call = { data: {}, auth: { uid: 'alice', token: {} } } as never
  const definition = { name: 'describeImage', request: z.looseObject({}), timeoutMs: 1000 }
  await callableHandler(definition, async () => ({ usage: { totalTokens: 7 } }))(call)
  for (const error of [down, new TypeError('A bug')]) {
    const fail = async () => {
      throw error
    }
    await callableHandler(definition, fail)(call).catch(() => undefined)
  }
  const audit = { request: () => ({}), counts: () => ({}) }
  await callableHandler({ ...definition, name: 'sweepNow' }, async () => ({}), audit)(call)
  const quota = memoryQuota(logQuota)
  const limits = { ...NO_LIMITS, projectTokensPerDay: 1000, restrictedProjectPercent: 10 }
  for (const tokens of [49, 1, 1, 30])
    await quota.reserve(
      { uid: 'eve', kind: 'call', account: 'restricted' },
      exactly(tokens),
      limits,
      new Date(0),
    )
  for (const line of logged.filter((text) => text.startsWith('{'))) entries.push(JSON.parse(line) as LogEntry)
})

// All statuses, checked by the compiler.
const STATUSES = Object.keys({
  processing: true,
  succeeded: true,
  partial: true,
  rejected: true,
  blocked: true,
  failed: true,
  deferred: true,
  superseded: true,
  deleted: true,
} satisfies Record<Status, true>)

describe('monitoring/metrics', () => {
  // The lines of the photos and calls above.
  const counted: Record<string, object[]> = {
    'firesight/photos': [
      { status: 'succeeded', code: '' },
      { status: 'failed', code: 'model-refused-request' },
    ],
    'firesight/photo_ms': [{ status: 'succeeded' }, { status: 'failed' }],
    'firesight/photos_delayed': [{ code: 'model-unavailable' }],
    'firesight/sweeps': [{ scanned: '', walked: true }],
    'firesight/calls': [
      { function: 'describeImage', code: '' },
      { function: 'describeImage', code: 'model-unavailable' },
      { function: 'describeImage', code: 'internal' },
      { function: 'sweepNow', code: '' },
    ],
    'firesight/allowance_used': [
      { of: 'restricted-users', percent: 50 },
      { of: 'restricted-users', percent: 80 },
    ],
    'firesight/new_users': [{ account: 'restricted' }],
    'firesight/tokens': expect.arrayContaining([{ of: 'call' }]),
  }

  test.each(metrics)('$name counts the log lines of the code', ({ name, filter, labelExtractors }) => {
    const found = entries.filter((entry) => matches(filter, entry))
    expect(found.map((entry) => labelsOf(labelExtractors, entry))).toEqual(counted[name])
  })

  test.each(metrics)(
    '$name takes numbers from them, if it is a distribution',
    ({ filter, valueExtractor }) => {
      const found = entries.filter((entry) => matches(filter, entry))
      const values = valueExtractor ? found.map((entry) => extract(valueExtractor, entry)) : [0]
      expect(values.map((value) => typeof value)).toEqual(values.map(() => 'number'))
    },
  )

  test.each(metrics)(
    '$name has an extractor for each label, and buckets if it is a distribution',
    (metric) => {
      const labels = metric.metricDescriptor.labels.map(({ key }) => key)
      expect(Object.keys(metric.labelExtractors).toSorted()).toEqual(labels.toSorted())
      const isDistribution = metric.metricDescriptor.valueType === 'DISTRIBUTION'
      expect([metric.valueExtractor !== undefined, metric.bucketOptions !== undefined]).toEqual([
        isDistribution,
        isDistribution,
      ])
    },
  )
})

describe('monitoring/policies and the dashboard', () => {
  test.each([...filters, ...dashboardFilters])('metric and labels of %s exist', (filter) => {
    const name = /metric\.type = "logging\.googleapis\.com\/user\/([^"]+)"/.exec(filter)?.[1]
    const metric = metrics.find((found) => found.name === name)
    expect(metric?.name).toBe(name)
    expect(filter).toContain('resource.type = "cloud_run_revision"')
    const values: Record<string, string[]> = {
      status: STATUSES,
      code: ['', ...Object.keys(FAILURES)],
      percent: ['50', '80'],
      account: ['verified', 'restricted'],
    }
    for (const [, label = '', value] of filter.matchAll(/metric\.labels\.(\w+) !?= "([^"]*)"/g)) {
      expect(Object.keys(metric?.labelExtractors ?? {})).toContain(label)
      expect(values[label]).toContain(value)
    }
  })

  test('the dashboard shows every metric', () => {
    for (const { name } of metrics) expect(dashboardFilters.join()).toContain(`/user/${name}"`)
  })

  test('log alerts match the log lines for operators, and have a rate limit', () => {
    const matched = policies.flatMap(({ policy }) =>
      policy.conditions.flatMap(({ conditionMatchedLog: log }) => (log ? [{ policy, log }] : [])),
    )
    expect(matched).toHaveLength(1)
    for (const { policy, log } of matched) {
      expect(policy.alertStrategy.notificationRateLimit).toBeDefined()
      const found = entries.filter((entry) => matches(log.filter, entry))
      expect(found.map((entry) => labelsOf(log.labelExtractors, entry))).toEqual([
        { function: 'describeImage', code: 'internal' },
      ])
    }
  })

  test.each(STATUSES)('%s has a policy, or a reason in docs/monitoring.md for having none', (status) => {
    const hasPolicy = filters.some((filter) => filter.includes(`metric.labels.status = "${status}"`))
    const saysNone = new RegExp(`^\\| \`${status}\` \\| none: .{20,} \\|$`, 'm').test(page)
    expect([hasPolicy, saysNone]).toEqual(hasPolicy ? [true, false] : [false, true])
  })
})

test('docs/monitoring.md lists every file and every log line', () => {
  for (const file of [
    ...filesOf('metrics').map((name) => `metrics/${name}`),
    ...filesOf('policies').map((name) => `policies/${name}`),
  ])
    expect(page).toContain(`(../monitoring/${file})`)
  for (const { name } of metrics) expect(page).toContain(`\`${name}\``)
  const byMessage = Map.groupBy(
    entries,
    ({ message }) => /^(?:Error: )?((?:photo|results|call|quota) [a-z ]+|audit)/.exec(message)?.[1],
  )
  byMessage.delete(undefined)
  expect([...byMessage.keys()]).toHaveLength(9)
  for (const [message, found] of byMessage) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${message}\` |`))
    const own = found
      .flatMap((entry) => Object.keys(entry))
      .filter((key) => !/^(severity|message|logging.*)$/.test(key))
    for (const key of own) expect(row).toContain(`\`${key}\``)
  }
})

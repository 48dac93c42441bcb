import { describe, expect, test } from 'vitest'
import { emulatedFunctionChecks, emulatedQueueChecks } from '../../../tools/doctor/emulated/functions.ts'
import { checkFirestoreRules, checkStorageRules } from '../../../tools/doctor/emulated/rules.ts'
import type { ExportedFunction } from '../../../tools/doctor/exports.ts'
import { examine } from '../../../tools/doctor/finding.ts'
import { useGoogleServer } from '../../support/google-server.ts'

/* Emulators in which something is wrong; in the real ones all is well (test/integration/doctor.test.ts). */
const server = useGoogleServer()
const host = () => new URL(server.url()).host
const call: ExportedFunction = {
  name: 'describeImage',
  kind: 'call',
  retry: false,
  secrets: ['GEMINI_API_KEY'],
}
const queue: ExportedFunction = { name: 'onPhotoQueued', kind: 'queue', retry: false, secrets: [] }

const lookAt = async (checks: Parameters<typeof examine>[0][]) =>
  (await Promise.all(checks.map(examine))).flat()

describe('emulated rules', () => {
  test('checkFirestoreRules() and checkStorageRules() see that what they should refuse is let through', async () => {
    // 404 to everything: whoever asks may look.
    expect(await checkFirestoreRules(host(), 'demo')).toMatchObject([
      { state: 'mend', found: expect.stringContaining('written by nobody: 404, not 403') },
    ])
    expect(await checkStorageRules(host(), 'demo', 'bucket')).toMatchObject([
      { state: 'mend', found: expect.stringContaining('upload read by a stranger: 404, not 403') },
    ])
  })

  test('are unknown when nobody answers', async () => {
    const look = () => checkFirestoreRules('127.0.0.1:9', 'demo')
    expect(await examine({ name: 'rules', look })).toMatchObject([{ state: 'unknown' }])
  })
})

describe('emulatedFunctionChecks()', () => {
  const trigger = (secrets: string[]) => ({
    name: 'describeImage',
    region: 'us-central1',
    secretEnvironmentVariables: secrets.map((key) => ({ key })),
  })

  test('mends a function that has not loaded, or has no secret', async () => {
    server.put('backends', { backends: [{ functionTriggers: [] }] })
    expect(await lookAt(emulatedFunctionChecks(host(), [call]))).toMatchObject([{ state: 'mend' }])
    server.put('backends', { backends: [{ functionTriggers: [trigger([])] }] })
    expect(await lookAt(emulatedFunctionChecks(host(), [call]))).toMatchObject([
      { state: 'mend', found: 'without the secret GEMINI_API_KEY' },
    ])
    server.put('backends', { backends: [{ functionTriggers: [trigger(['GEMINI_API_KEY'])] }] })
    expect(await lookAt(emulatedFunctionChecks(host(), [call]))).toMatchObject([{ state: 'ok' }])
  })
})

describe('emulatedQueueChecks()', () => {
  test('wants a queue for each task function', async () => {
    server.put('queueStats', {})
    expect(await lookAt(emulatedQueueChecks(host(), [call, queue]))).toMatchObject([{ state: 'mend' }])
    server.put('queueStats', { 'queue:demo-us-central1-onPhotoQueued': { numberOfTasks: 2 } })
    expect(await lookAt(emulatedQueueChecks(host(), [queue]))).toMatchObject([
      { state: 'ok', found: 'there, 2 tasks wait' },
    ])
    expect(await lookAt(emulatedQueueChecks(undefined, [queue]))).toMatchObject([{ state: 'unknown' }])
  })
})

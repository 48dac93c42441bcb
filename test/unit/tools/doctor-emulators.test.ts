import { describe, expect, test } from 'vitest'
import { emulatedFunctionChecks, emulatedQueueChecks } from '../../../tools/doctor/emulated/functions.ts'
import { checkFirestoreRules, checkStorageRules } from '../../../tools/doctor/emulated/rules.ts'
import type { ExportedFunction } from '../../../tools/doctor/exports.ts'
import { runCheck } from '../../../tools/doctor/finding.ts'
import { useGoogleServer } from '../../support/google-server.ts'

/* Emulators with problems. test/integration/doctor.test.ts checks the real emulators. */
const server = useGoogleServer()
const host = () => new URL(server.url()).host
const call: ExportedFunction = {
  name: 'describeImage',
  kind: 'call',
  retry: false,
  secrets: ['GEMINI_API_KEY'],
}
const queue: ExportedFunction = { name: 'onPhotoQueued', kind: 'queue', retry: false, secrets: [] }

const runAll = async (checks: Parameters<typeof runCheck>[0][]) =>
  (await Promise.all(checks.map(runCheck))).flat()

describe('emulated rules', () => {
  test('checkFirestoreRules() and checkStorageRules() report requests that the rules should deny', async () => {
    // The server answers every request with 404, as if it were allowed.
    expect(await checkFirestoreRules(host(), 'demo')).toMatchObject([
      { state: 'problem', found: expect.stringContaining('document written without sign-in: 404, not 403') },
    ])
    expect(await checkStorageRules(host(), 'demo', 'bucket')).toMatchObject([
      { state: 'problem', found: expect.stringContaining('upload read by another user: 404, not 403') },
    ])
  })

  test('are unknown if the emulator does not respond', async () => {
    const run = () => checkFirestoreRules('127.0.0.1:9', 'demo')
    expect(await runCheck({ name: 'rules', run })).toMatchObject([{ state: 'unknown' }])
  })
})

describe('emulatedFunctionChecks()', () => {
  const trigger = (secrets: string[]) => ({
    name: 'describeImage',
    region: 'us-central1',
    secretEnvironmentVariables: secrets.map((key) => ({ key })),
  })

  test('reports a function that is not loaded, or has no secret', async () => {
    server.put('backends', { backends: [{ functionTriggers: [] }] })
    expect(await runAll(emulatedFunctionChecks(host(), [call]))).toMatchObject([{ state: 'problem' }])
    server.put('backends', { backends: [{ functionTriggers: [trigger([])] }] })
    expect(await runAll(emulatedFunctionChecks(host(), [call]))).toMatchObject([
      { state: 'problem', found: 'the secret GEMINI_API_KEY is not bound' },
    ])
    server.put('backends', { backends: [{ functionTriggers: [trigger(['GEMINI_API_KEY'])] }] })
    expect(await runAll(emulatedFunctionChecks(host(), [call]))).toMatchObject([{ state: 'ok' }])
  })
})

describe('emulatedQueueChecks()', () => {
  test('requires a queue for each task function', async () => {
    server.put('queueStats', {})
    expect(await runAll(emulatedQueueChecks(host(), [call, queue]))).toMatchObject([{ state: 'problem' }])
    server.put('queueStats', { 'queue:demo-us-central1-onPhotoQueued': { numberOfTasks: 2 } })
    expect(await runAll(emulatedQueueChecks(host(), [queue]))).toMatchObject([
      { state: 'ok', found: 'exists, 2 tasks waiting' },
    ])
    expect(await runAll(emulatedQueueChecks(undefined, [queue]))).toMatchObject([{ state: 'unknown' }])
  })
})

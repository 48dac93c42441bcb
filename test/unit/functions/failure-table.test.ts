import { BlockedReason, FinishReason } from '@google/genai'
import { beforeEach, describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { forgetOutput, keepForCanaries, leaks, photoBytes } from '../../support/canaries.ts'
import { FAILED_ANSWERS } from '../../support/failed-answers.ts'
import { MODEL_FAILURES } from '../../support/failure-table.ts'

// After the spies: the logger keeps the console that it finds when it is imported.
const logger = await import('firebase-functions/logger')

describe('the table of failures', () => {
  const scripted = JSON.stringify(FAILED_ANSWERS.map(({ reply }) => reply))

  it('has every reason to stop that the SDK knows', () => {
    // What an answer ends with that is one.
    const fine = new Set(['STOP', 'FINISH_REASON_UNSPECIFIED'])
    const reasons = Object.values(FinishReason).filter((reason) => !fine.has(reason))
    expect(reasons.length).toBeGreaterThan(15)
    expect(reasons.filter((reason) => !scripted.includes(`"finishReason":"${reason}"`))).toEqual([])
  })

  it('has every reason to block that the SDK knows', () => {
    const reasons = Object.values(BlockedReason)
    expect(reasons.length).toBeGreaterThan(5)
    expect(reasons.filter((reason) => !scripted.includes(`"blockReason":"${reason}"`))).toEqual([])
  })

  it('lacks no row that is about the model', () => {
    const rows = new Set(MODEL_FAILURES.map(({ row }) => row))
    expect([...rows].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1))
  })
})

describe('leaks()', () => {
  beforeEach(forgetOutput)
  const error = () => new Error('outer', { cause: new Error('inner CANARY-TEXT') })

  it.each<[what: string, secret: string, write: () => void]>([
    ['a line of the log', 'canary', () => logger.info('x', { caption: 'canary-label' })],
    ['the log as an error', 'canary', () => logger.error('x', { stack: 'TypeError: CANARY' })],
    // oxlint-disable-next-line no-console
    ['the cause of an error on the console', 'canary', () => console.error('Cannot settle', error())],
    // oxlint-disable-next-line no-console
    ['a later argument on the console', 'canary', () => console.log('x', { a: { b: 'CANARY' } })],
    ['standard error', 'canary', () => void process.stderr.write('CANARY-KEY\n')],
    ['an error that was told', 'canary', () => keepForCanaries({ details: { reason: 'CANARY' } })],
    ['the stack of what was thrown', 'canary', () => keepForCanaries(new VisionError('internal', 'CANARY'))],
    ['the bytes of a photo', 'base64', () => logger.info(photoBytes.toString('base64'))],
    // oxlint-disable-next-line no-console
    ['a photo', 'bytes', () => console.log(photoBytes)],
    ['a photo as JSON', 'bytes', () => logger.info('x', { photo: photoBytes.subarray(0, 4) })],
    ['coordinates', 'coordinates', () => logger.info('taken at 48.858179')],
  ])('finds a secret in %s', (_, secret, write) => {
    write()
    expect(leaks().map((leak) => leak.secret)).toContain(secret)
    forgetOutput()
  })

  it('finds none where there is none', () => {
    logger.info('photo annotated', { imageId: 'N2Zm4v8Q', status: 'succeeded', timingsMs: { total: 12 } })
    keepForCanaries(new VisionError('model-unavailable', 'The model service answered 503 UNAVAILABLE'))
    expect(leaks()).toEqual([])
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { VisionError } from '../../../../functions/src/errors.ts'
import { clearOutput, leaks, photoBytes, recordOutput } from '../../../support/canaries.ts'

// After the spies: the logger keeps the console that it finds when it is imported.
const logger = await import('firebase-functions/logger')

describe('leaks()', () => {
  beforeEach(clearOutput)
  const error = () => new Error('outer', { cause: new Error('inner CANARY-TEXT') })

  it.each<[where: string, secret: string, write: () => void]>([
    ['a log line', 'canary', () => logger.info('x', { caption: 'canary-label' })],
    ['a logged error', 'canary', () => logger.error('x', { stack: 'TypeError: CANARY' })],
    // oxlint-disable-next-line no-console
    ['the cause of an error on the console', 'canary', () => console.error('Cannot settle', error())],
    // oxlint-disable-next-line no-console
    ['a later argument on the console', 'canary', () => console.log('x', { a: { b: 'CANARY' } })],
    ['standard error', 'canary', () => void process.stderr.write('CANARY-KEY\n')],
    ['an error returned to a caller', 'canary', () => recordOutput({ details: { reason: 'CANARY' } })],
    ['the stack of a thrown error', 'canary', () => recordOutput(new VisionError('internal', 'CANARY'))],
    ['the base64 of a photo', 'base64', () => logger.info(photoBytes.toString('base64'))],
    // oxlint-disable-next-line no-console
    ['a photo on the console', 'bytes', () => console.log(photoBytes)],
    ['a photo as JSON', 'bytes', () => logger.info('x', { photo: photoBytes.subarray(0, 4) })],
    ['coordinates', 'coordinates', () => logger.info('taken at 48.858179')],
  ])('finds a secret in %s', (_, secret, write) => {
    write()
    expect(leaks().map((leak) => leak.secret)).toContain(secret)
    clearOutput()
  })

  it('finds none in ordinary output', () => {
    logger.info('photo annotated', { imageId: 'N2Zm4v8Q', status: 'succeeded', timingsMs: { total: 12 } })
    recordOutput(new VisionError('model-unavailable', 'The model service answered 503 UNAVAILABLE'))
    expect(leaks()).toEqual([])
  })
})

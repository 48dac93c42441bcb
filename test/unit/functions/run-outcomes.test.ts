import { describe, expect, it } from 'vitest'
import { type ErrorCode, VisionError } from '../../../functions/src/errors.ts'
import {
  classify,
  type Redelivery,
  RUN_ENDS,
  type RunEnd,
  runEndOf,
  type StepEnd,
  statusAfterSteps,
  stepEndOf,
} from '../../../functions/src/pipeline/run-outcomes.ts'

const failure = (code: ErrorCode) => new VisionError(code, 'scripted')
const bug = new TypeError('scripted')

describe('classify()', () => {
  it.each([
    ['claim-lost', ['claim-lost']],
    ['object-gone', ['object-gone']],
    ['object-superseded', ['object-superseded']],
    ['unavailable', ['service-paused', 'calls-exceeded', 'tokens-exceeded', 'project-tokens-exceeded']],
    ['unavailable', ['uploads-exceeded', 'storage-misconfigured']],
    ['contended', ['tokens-reserved']],
    ['unavailable', ['model-day-limit', 'model-budget-spent', 'model-misconfigured', 'model-not-found']],
    ['transient', ['model-unavailable', 'model-timeout', 'model-rate-limited', 'storage-unavailable']],
    ['transient', ['interrupted']],
    ['permanent', ['corrupt-image', 'file-too-large', 'unsupported-type', 'model-refused-image']],
  ] as const)('is %s for %j', (expected, codes) => {
    expect(codes.map((code) => classify(failure(code)))).toEqual(codes.map(() => expected))
  })

  it('is bug for any other error', () => {
    expect(classify(bug)).toBe('bug')
  })
})

describe('runEndOf()', () => {
  const released = (status: RunEnd['status'], rethrow: boolean): RunEnd => ({
    status,
    lease: 'released',
    rethrow,
  })
  const ANY: Redelivery[] = ['event', 'caller', 'none']
  const rows: [string, Error, Redelivery[], RunEnd][] = [
    [
      'writes nothing after a lost claim',
      failure('claim-lost'),
      ANY,
      { status: 'unchanged', lease: 'lost', rethrow: false },
    ],
    ['marks a photo without its object as deleted', failure('object-gone'), ANY, released('deleted', false)],
    [
      'marks a replaced photo as superseded',
      failure('object-superseded'),
      ANY,
      released('superseded', false),
    ],
    [
      "leaves a photo to the redelivered event while other photos hold its owner's allowance",
      failure('tokens-reserved'),
      ['event'],
      released('processing', true),
    ],
    [
      "defers a photo without redelivery while other photos hold its owner's allowance",
      failure('tokens-reserved'),
      ['caller', 'none'],
      released('deferred', false),
    ],
    ['defers a photo without quota', failure('tokens-exceeded'), ANY, released('deferred', false)],
    ['rejects a photo after a permanent failure', failure('corrupt-image'), ANY, released('rejected', false)],
    [
      'leaves a transient failure to the redelivered event',
      failure('model-timeout'),
      ['event'],
      released('processing', true),
    ],
    [
      'ends a photo on a transient failure if a caller waits',
      failure('model-timeout'),
      ['caller'],
      released('failed', false),
    ],
    [
      'defers a photo on a transient failure without redelivery',
      failure('model-timeout'),
      ['none'],
      released('deferred', false),
    ],
    [
      'ends a photo on a bug if a caller waits, and rethrows the bug',
      bug,
      ['caller'],
      released('failed', true),
    ],
    ['leaves a bug to the next delivery', bug, ['event', 'none'], released('processing', true)],
  ]

  it.each(rows)('%s', (_, error, redeliveries, end) => {
    for (const redelivery of redeliveries) expect(runEndOf(classify(error), redelivery)).toEqual(end)
  })

  it('has one test for each row', () => {
    expect(rows).toHaveLength(RUN_ENDS.length)
  })
})

describe('stepEndOf()', () => {
  it.each<[string, ErrorCode[], StepEnd]>([
    ['a lost claim: nothing is written', ['claim-lost'], { state: 'unwritten', run: 'ends' }],
    [
      'a service that no request can use',
      ['model-day-limit', 'model-budget-spent', 'model-misconfigured', 'model-not-found'],
      { state: 'pending', run: 'ends' },
    ],
    [
      'a transient failure',
      ['model-unavailable', 'model-timeout', 'model-rate-limited', 'interrupted', 'storage-unavailable'],
      { state: 'pending', run: 'ends-unless-awaited' },
    ],
    [
      'a refusal or a blocked answer',
      ['model-refused-image', 'model-refused-request', 'blocked-safety', 'blocked-other'],
      { state: 'failed', run: 'continues' },
    ],
    [
      'unusable answers and exhausted attempts, although these codes are retryable',
      ['answer-unreadable', 'answer-empty', 'answer-truncated', 'gave-up'],
      { state: 'failed', run: 'continues' },
    ],
  ])('after %s', (_, codes, end) => {
    for (const code of codes) expect(stepEndOf(failure(code))).toEqual(end)
  })
})

describe('statusAfterSteps()', () => {
  it.each<[string, ErrorCode[]]>([
    ['succeeded', []],
    ['partial', ['blocked-safety']],
    ['blocked', ['answer-empty', 'blocked-safety']],
    ['rejected', ['model-refused-image', 'model-refused-image']],
    ['failed', ['model-refused-image', 'answer-empty']],
  ])('is %s after %j', (status, codes) => {
    expect(statusAfterSteps(codes.map((code) => failure(code)))).toBe(status)
  })
})

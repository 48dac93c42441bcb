import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { operatorMessage } from '../../../functions/src/pipeline/operator-message.ts'
import { type FailureFacts, ModelFailure } from '../../../functions/src/ports/vision-model.ts'

const PROVIDER_OUT: FailureFacts = { fault: 'final', billing: 'free', scope: 'provider' }
const failure = (serviceMessage?: string) =>
  new ModelFailure('model-misconfigured', 'The model service answered 403', {
    ...PROVIDER_OUT,
    serviceMessage,
  })
const KEY = 'my-own-key-value'

describe('operatorMessage()', () => {
  it('has our message and that of the service', () => {
    expect(operatorMessage(failure('API key not valid. Please pass a valid API key.'), [])).toBe(
      'The model service answered 403: API key not valid. Please pass a valid API key.',
    )
    expect(operatorMessage(failure(), [undefined, ''])).toBe('The model service answered 403')
    expect(operatorMessage(new VisionError('gave-up', '12 attempts failed'), [])).toBe('12 attempts failed')
  })

  it.each([
    [
      'the configured key',
      `Key ${KEY} is not valid, key=${KEY}`,
      'Key [removed] is not valid, key=[removed]',
    ],
    [
      'a key by its form',
      `Consumer 'api_key:AIzaSyA-0_1' has been suspended: AIzaSyA-0_1`,
      `Consumer 'api_key:[removed]' has been suspended: [removed]`,
    ],
    ['a newer key', 'AQ.Ab8RN6Kx-y_z is blocked', '[removed] is blocked'],
    [
      'the query of a URL',
      'GET https://host/v1?key=abc&alt=sse failed',
      'GET https://host/v1?[removed] failed',
    ],
    ['a user in a URL', 'proxy http://me:abc@host/', 'proxy http://[removed]@host/'],
    ['an encoded parameter', 'v1%3Fkey%3Dabc is wrong', 'v1%3Fkey%3D[removed] is wrong'],
    ['a key within a word', 'xAIzaSyA-0_1', 'x[removed]'],
    ['a key in brackets', 'key: [AIzaSyA-0_1], token: <abc>', 'key: [[removed]], token: <[removed]>'],
    ['a key after a quoted name', '"api_key" "sk-ab", sk-abcdefgh1', '"api_key" "[removed]", [removed]'],
    ['a password', 'Authorization: Basic bWU6YWJj', 'Authorization: Basic [removed]'],
    ['the path of a photo', 'No users/alice/uploads/my cat.jpg here', 'No [removed] here'],
    ['an encoded path', `'o/users%2Falice%2Fuploads%2Fa.b' is`, `'o/[removed]' is`],
    ['the address of an object', 'Cannot read gs://photos/a b.HEIC now', 'Cannot read [removed] now'],
    ['another file name', `Unknown file "IMG_1.jpeg"`, `Unknown file "[removed]"`],
    ['a header', '{"x-goog-api-key": "abc"}', '{"x-goog-api-key": "[removed]"}'],
    ['a token', 'Authorization: Bearer ya29.a0-Af_H/x+y==', 'Authorization: Bearer [removed]'],
    ['a key over an invisible character', 'AI\u200bzaSyA-0_1 is leaked', '[removed] is leaked'],
  ])('removes %s', (_, message, expected) => {
    expect(operatorMessage(failure(message), [KEY])).toBe(`The model service answered 403: ${expected}`)
  })

  it('removes the configured key of a file with a line break at its end', () => {
    expect(operatorMessage(failure(`Key ${KEY} is blocked`), [`${KEY}\n`])).toMatch(
      'Key [removed] is blocked',
    )
  })

  it('has one line of at most 500 characters', () => {
    const message = operatorMessage(failure(`Quota exceeded\n${'x'.repeat(100_000)}`), [])
    expect(message).toMatch(/^The model service answered 403: Quota exceeded x+$/)
    expect(message).toHaveLength(500)
  })
})

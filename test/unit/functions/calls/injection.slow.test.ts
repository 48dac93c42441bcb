import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { attacksOn, SECRETS } from '../../../injection/attacks.ts'
import { INJECTION_CASES } from '../../../injection/cases.ts'
import { faultsOf } from '../../../injection/check-result.ts'
import { CALL_NAMES } from '../../../support/call-samples.ts'
import { startCalls } from '../../../support/calls.ts'

const calls = await startCalls()
const attacks = attacksOn(calls)
afterAll(() => calls.close())
beforeEach(async () => attacks.reset())

describe.each(CALL_NAMES)('%s() with a model that obeys injected text', (name) => {
  it.each(INJECTION_CASES)('returns no markup, secret or long text: $name', async (injection) => {
    const { result, error } = await attacks.call(name, injection)
    const isCut = injection.obeyed.length > 10_000 && error?.details?.reason === 'answer-truncated'
    expect(isCut ? undefined : error).toBeUndefined()
    expect(faultsOf(result, SECRETS)).toEqual([])
    expect(JSON.stringify(result ?? {}).length).toBeLessThan(100_000)
  })
})

describe('an upload with a model that obeys injected text', () => {
  it.each(INJECTION_CASES)('stores no markup, secret or long text: $name', async (injection) => {
    const document = await attacks.upload(injection)
    expect(document.status).toMatch(injection.obeyed.length > 10_000 ? /succeeded|partial/ : /succeeded/)
    const { caption, altText, labels, text, objects } = document
    expect(faultsOf({ caption, altText, labels, text, objects }, SECRETS)).toEqual([])
    expect(JSON.stringify(document).length).toBeLessThan(300_000)
    const requests = await calls.requests()
    expect(requests).not.toEqual([])
    expect(JSON.stringify(requests)).not.toContain('CANARY')
  })
})

import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => vi.unstubAllEnvs())

it.each([
  ['true', true],
  ['false', false],
])('asks for tokens to be consumed when CONSUME_APP_CHECK_TOKEN is %s: %s', async (value, consumed) => {
  vi.stubEnv('CONSUME_APP_CHECK_TOKEN', value)
  vi.resetModules()
  const limits = await import('../../../functions/src/config/function-options.ts')
  expect(limits.EXPENSIVE_CALL_OPTIONS.consumeAppCheckToken).toBe(consumed)
  expect(limits.ANNOTATE_CALL_OPTIONS.consumeAppCheckToken).toBe(consumed)
  expect(limits.CHEAP_CALL_OPTIONS.consumeAppCheckToken).toBeUndefined()
})

it('streams contain no heartbeats, which mobile SDKs cannot read', async () => {
  const limits = await import('../../../functions/src/config/function-options.ts')
  expect(limits.EXPENSIVE_CALL_OPTIONS.heartbeatSeconds).toBeNull()
})

import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { REQUESTS } from '../../../support/call-samples.ts'
import { type CallName, startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
beforeEach(async () => {
  calls.reset()
  calls.store(OWN.path, png)
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

const resolutions = async () => (await calls.requests()).map(({ config }) => config?.mediaResolution)

it.each([
  ['describeImage', 'DESCRIBE'],
  ['detectObjects', 'LOCATE'],
  ['answerQuestion', 'ANSWER'],
  ['compareImages', 'COMPARE'],
] as [CallName, string][])(
  '%s sends %s_MEDIA_RESOLUTION with both requests, and estimates with it',
  async (name, task) => {
    const call = async () =>
      calls.call<{ estimatedPromptTokens: number; usage: { promptTokens: number } }>(
        name,
        REQUESTS[name](OWN),
      )
    vi.stubEnv(`${task}_MEDIA_RESOLUTION`, 'high')
    const high = (await call()).result!
    await calls.forget()
    vi.stubEnv(`${task}_MEDIA_RESOLUTION`, 'low')
    // The first answer is empty, so the request is sent again.
    await calls.script({ times: 1, reply: { text: ' ' } })
    const low = (await call()).result!
    expect(await resolutions()).toEqual(['MEDIA_RESOLUTION_LOW', 'MEDIA_RESOLUTION_LOW'])
    const images = name === 'compareImages' ? 2 : 1
    expect(high.estimatedPromptTokens - low.estimatedPromptTokens).toBe(images * (1120 - 280))
  },
)

it('annotateImage sends the resolution of each step', async () => {
  vi.stubEnv('DESCRIBE_MEDIA_RESOLUTION', 'low')
  vi.stubEnv('LOCATE_MEDIA_RESOLUTION', 'medium')
  expect((await calls.call('annotateImage', OWN)).error).toBeUndefined()
  const sent = (await calls.requests()).map(({ systemInstruction, config }) => [
    systemInstruction!.startsWith('You describe') ? 'describe' : 'locate',
    config?.mediaResolution,
  ])
  expect(Object.fromEntries(sent)).toEqual({
    describe: 'MEDIA_RESOLUTION_LOW',
    locate: 'MEDIA_RESOLUTION_MEDIUM',
  })
})

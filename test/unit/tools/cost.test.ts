import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { expect, it, onTestFinished } from 'vitest'
import { counter, MEASURED_ON, measurePhoto, OBJECTS } from '../../../tools/cost/measure.ts'
import { loadTokens } from '../../../tools/cost/tokens.ts'

it('docs/cost/tokens.json has the tokens of the present prompts (npm run measure:cost)', async () => {
  const emulator = await startGeminiEmulator({ now: () => MEASURED_ON })
  onTestFinished(() => emulator.close())
  const { simple } = loadTokens().photos
  expect(await measurePhoto(OBJECTS.simple, counter(emulator))).toEqual(simple)
})

import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { expect, it, onTestFinished } from 'vitest'
import { counter, MEASURED_ON, measurePhoto, OBJECTS } from '../../../tools/cost/measure.ts'
import { loadTokens } from '../../../tools/cost/tokens.ts'

it.each(['simple', 'typical'] as const)(
  'docs/cost/tokens.json has the tokens of the present prompts for a %s photo (npm run measure:cost)',
  async (name) => {
    const emulator = await startGeminiEmulator({ now: () => MEASURED_ON })
    onTestFinished(() => emulator.close())
    expect(await measurePhoto(OBJECTS[name], counter(emulator))).toEqual(loadTokens().photos[name])
  },
)

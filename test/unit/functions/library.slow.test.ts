import { afterEach, expect, it, vi } from 'vitest'
import { createServices } from '../../../functions/src/lib.ts'

afterEach(() => vi.unstubAllEnvs())

it('createServices() needs no key until the first model request, which names what is missing', async () => {
  // Other tests of this run may use the emulators: a local Gemini API accepts any key.
  for (const name of ['GEMINI_EMULATOR_HOST', 'GEMINI_API_KEY', 'FIRESTORE_EMULATOR_HOST'])
    vi.stubEnv(name, undefined)
  const { model } = await createServices({ bucket: 'photos' })
  const request = {
    model: 'm',
    systemInstruction: '',
    parts: [],
    maxOutputTokens: 1,
    thinking: 'least' as const,
  }
  // The store of open circuits does not answer within two seconds.
  await expect(model.generate(request)).rejects.toThrow(/pass `apiKey` to createServices\(\), or bind/)
})

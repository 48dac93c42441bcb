import { afterEach, expect, it, vi } from 'vitest'
import { createServices } from '../../../functions/src/lib.ts'

afterEach(() => vi.unstubAllEnvs())

it('createServices() needs no key until the first model request, which names what is missing', async () => {
  // No local Gemini API, which accepts any key. The store of open circuits cannot be reached.
  vi.stubEnv('GEMINI_EMULATOR_HOST', undefined)
  vi.stubEnv('GEMINI_API_KEY', undefined)
  vi.stubEnv('GCLOUD_PROJECT', 'demo-firesight')
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', '127.0.0.1:1')
  const { model } = await createServices({ bucket: 'photos' })
  const request = {
    model: 'm',
    systemInstruction: '',
    parts: [],
    maxOutputTokens: 1,
    thinking: 'least' as const,
  }
  await expect(model.generate(request)).rejects.toThrow(/pass `apiKey` to createServices\(\), or bind/)
})

import { expect, it } from 'vitest'
import { createServices } from '../../../functions/src/lib.ts'

it('createServices() needs no key until the first model request, which names what is missing', async () => {
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

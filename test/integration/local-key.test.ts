import { deleteApp, getApp } from 'firebase-admin/app'
import { afterAll, expect, it, vi } from 'vitest'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { getServices, replaceServices } from '../../functions/src/services.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

afterAll(async () => {
  replaceServices(undefined)
  await deleteApp(getApp())
})

it('getServices() needs no API key for a local Gemini API, also to upload a file', async () => {
  vi.stubEnv('GEMINI_API_KEY', undefined)
  const missing = () => {
    throw new Error('The key was read')
  }
  const { model } = await getServices(readConfig({}), missing)
  const { png } = await drawScene(OWN_SHAPES)
  // Too large for a request, so it is uploaded. Decoders ignore the bytes after the end of the picture.
  const data = Buffer.concat([png, Buffer.alloc(16_000_000)])
  const answer = await model.generate({
    model: 'gemini-3.8-flash',
    systemInstruction: 'Rules.',
    parts: [{ image: { mimeType: 'image/png', data } }, { text: 'Caption this image.' }],
    thinking: 'least',
    maxOutputTokens: 1000,
    owner: 'local-key',
  })
  expect(answer.text).toMatch(/red circle/)
})

import { afterEach, expect, it, vi } from 'vitest'
import { attackDecoding } from '../../../abuse/decoding.ts'
import { scriptedModel } from '../../../support/vision.ts'

vi.spyOn(console, 'info').mockImplementation(() => undefined)
afterEach(() => vi.unstubAllEnvs())

const attack = async (changes: Partial<Parameters<typeof attackDecoding>[0]>) => {
  const { model } = scriptedModel()
  return attackDecoding({ calls: 1, images: 15, side: 64, damage: 'pixels', ...changes }, model)
}

it('a call with an image that its header refuses decodes no other image and costs no tokens', async () => {
  // 15 images of 4 megapixels take 2 s to decode.
  const { cpuSeconds, ...outcome } = await attack({ side: 2000, damage: 'header' })
  expect(outcome).toMatchObject({ refused: 1, tokens: 0, reasons: ['corrupt-image'] })
  expect(cpuSeconds).toBeLessThan(1)
})

it('a call that fails while it decodes is charged the image tokens of all images that it decoded', async () => {
  expect(await attack({})).toMatchObject({ refused: 1, tokens: 16 * 1120, reasons: ['corrupt-image'] })
  expect(await attack({ images: 2 })).toMatchObject({ refused: 1, tokens: 3 * 1120 })
})

it('a call of more pixels than MAX_CALL_PIXELS is refused before decoding; those of 16 bits count twice', async () => {
  vi.stubEnv('MAX_IMAGE_PIXELS', '10000')
  const three = 3 * 64 * 64
  vi.stubEnv('MAX_CALL_PIXELS', String(three))
  expect(await attack({ images: 1 })).toMatchObject({ reasons: ['corrupt-image'] })
  vi.stubEnv('MAX_CALL_PIXELS', String(three - 1))
  expect(await attack({ images: 1 })).toMatchObject({ reasons: ['request-too-large'], tokens: 0 })
})

import { expect, it } from 'vitest'
import type { QuotaLimits } from '../../../functions/src/ports/quota-store.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { annotate, annotations, upload } from '../../support/photo-run.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

const emulated = useEmulatedModel()

async function annotateScene(maskPoints: number) {
  const { png } = await drawScene(FOUR_SHAPES)
  const photo = upload(png, String(1_700_000_000_000_001 + maskPoints))
  const config: Partial<QuotaLimits> & { maskPoints: number } = { maskPoints }
  await annotate(photo, { model: emulated.model(), requests: [] }, undefined, config)
  return annotations.documents.get(photo.imageId)!
}

it('annotateImage() asks for boxes only if MASK_POINTS is 0, and no mask counts as lost', async () => {
  const annotation = await annotateScene(0)
  expect(annotation.status).toBe('succeeded')
  expect(annotation.objects).toHaveLength(4)
  for (const object of annotation.objects!)
    expect(object).toMatchObject({ mask: null, maskReason: 'mask-not-asked' })
  expect(annotation.dropped).toEqual({ objects: 0, reasons: {} })
})

it('annotateImage() gets outlines of at most MASK_POINTS points', async () => {
  const { objects, usage } = await annotateScene(8)
  const points = objects!.map(({ mask }) => mask!.polygon!.length / 2)
  expect(Math.max(...points)).toBeLessThanOrEqual(8)
  const { usage: more } = await annotateScene(24)
  expect(more!.outputTokens).toBeGreaterThan(usage!.outputTokens)
})

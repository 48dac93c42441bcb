import type { Firesight, ImageInput } from '@firesight/client'

/** Cuts an object out of a photo with its box and its mask, which has the size of the box. */
export async function find(firesight: Firesight, image: ImageInput, target: string) {
  const found = await firesight.detectObjects({ image, targets: target, masks: true })
  return Promise.all(
    found.objects.map(async (object) => ({
      label: object.label,
      box: object.box,
      maskUrl: await firesight.maskUrl(object),
    })),
  )
}

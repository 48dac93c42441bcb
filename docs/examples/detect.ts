import type { Firesight, ImageInput } from '@firesight/client'

/** Cuts what was asked for out of a photo: a box, and a mask of the box's size. */
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

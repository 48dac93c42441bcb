import type { Firesight, ImageInput } from '@firesight/client'

/** What has changed from one photo to another, and where: boxes are pixels of the upright images. */
export async function changes(
  firesight: Firesight,
  before: ImageInput,
  after: ImageInput,
): Promise<string[]> {
  const { differences } = await firesight.compareImages({
    images: [before, after],
    question: 'What has changed?',
  })
  return differences.map(({ description, regions }) => {
    const places = regions.map(({ image, box }) => `image ${image} at ${box.x}, ${box.y}`)
    return places.length > 0 ? `${description} (${places.join('; ')})` : description
  })
}

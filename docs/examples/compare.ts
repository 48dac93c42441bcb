import type { Firesight, ImageInput } from '@firesight/client'

/** Lists the changes between two photos with their places: boxes in pixels of the upright images. */
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

import type { Firesight, ImageInput } from '@firesight/client'

/** Returns alt text in the reader's language. */
export async function altText(firesight: Firesight, image: ImageInput, language: string): Promise<string> {
  const description = await firesight.describeImage({ image, language, style: 'one short sentence' })
  return description.altText
}

/** Classifies a photo with the app's own labels. */
export async function classify(
  firesight: Firesight,
  image: ImageInput,
  labelSet: readonly string[],
): Promise<string[]> {
  const { labels } = await firesight.describeImage({ image, labelSet })
  return labels
}

import type { CompareImagesResult, DetectObjectsResult } from '@firesight/client'

/** What a search came to. */
export function objectsFound(targets: string, { objects, truncated }: DetectObjectsResult): string {
  const found = objects.length === 0 ? 'Nothing' : objects.length
  return withDoubt(`${found} found for “${targets}”.`, truncated)
}

/** What a comparison came to. */
export function differencesFound({ differences: { length }, truncated }: CompareImagesResult): string {
  if (length === 1) return withDoubt('One difference found.', truncated)
  return withDoubt(`${length === 0 ? 'No' : length} differences found.`, truncated)
}

function withDoubt(words: string, truncated: boolean): string {
  return truncated ? `${words} The answer was cut, so there may be more.` : words
}

import type { CompareImagesResult, DetectObjectsResult } from '@firesight/client'

/** The result of a search. */
export function objectsFound(targets: string, { objects, truncated }: DetectObjectsResult): string {
  const found = objects.length === 0 ? 'Nothing' : objects.length
  return withTruncation(`${found} found for “${targets}”.`, truncated)
}

/** The result of a comparison. */
export function differencesFound({ differences: { length }, truncated }: CompareImagesResult): string {
  if (length === 1) return withTruncation('One difference found.', truncated)
  return withTruncation(`${length === 0 ? 'No' : length} differences found.`, truncated)
}

function withTruncation(text: string, truncated: boolean): string {
  return truncated ? `${text} The answer was truncated, so there may be more.` : text
}

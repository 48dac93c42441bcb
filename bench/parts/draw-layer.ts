import type { Size } from '../../functions/src/document/box.ts'
import { drawMask, drawOverlay } from '../../functions/src/masks/draw.ts'
import { assignColours } from '../../functions/src/masks/palette.ts'
import { annotateObjects } from '../../functions/src/pipeline/annotate-objects.ts'
import { readLocation } from '../../functions/src/tasks/locate/read-location.ts'

/** More than any answer of the bench contains. */
export const MAX_OBJECTS = 100

/**
 * Processes an answer like the functions: reads it, decodes masks, draws the overlay and, `withMasks`, each
 * mask file.
 */
export async function drawLayer(answer: string, image: Size, withMasks: boolean): Promise<Buffer[]> {
  const located = readLocation({ text: answer, truncated: false }, MAX_OBJECTS)
  const { objects } = await annotateObjects(located, image)
  const masks = objects.map(({ mask }) => mask?.runs ?? null)
  const files = [await drawOverlay(masks, assignColours(objects.map(({ label }) => label)), image)]
  if (withMasks) for (const mask of masks) if (mask) files.push(await drawMask(mask))
  return files
}

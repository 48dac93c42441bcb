import { type Annotation, type Photo, SCHEMA_VERSION, type StoredObject } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { countLost } from '../document/drop-reasons.ts'
import { resultPaths } from '../document/storage-paths.ts'
import { type PreparedImage, previewOf } from '../image/prepare.ts'
import { drawMask, drawOverlay } from '../masks/draw.ts'
import { assignColours } from '../masks/palette.ts'
import { simplifyOutline } from '../masks/simplify-outline.ts'
import { YieldTimer } from '../masks/yield-timer.ts'
import type { Services } from '../ports/services.ts'
import type { Located } from '../tasks/locate/read-location.ts'
import { annotateObjects } from './annotate-objects.ts'
import type { AnnotationRun } from './annotation-run.ts'
import type { SourceFacts } from './load-photo.ts'
import { type ResultFile, writeAll } from './write-files.ts'

type Found = Awaited<ReturnType<typeof annotateObjects>>

/** The encoded result files of a photo, with their objects. */
type Drawn = {
  image: Size
  found:
    | { overlay: Buffer; masks: (Buffer | null)[]; objects: Found['objects']; dropped: Found['dropped'] }
    | undefined
  preview: Awaited<ReturnType<typeof previewOf>> | undefined
}

/**
 * Outline points of one object in the document, which every listener downloads. The mask file is exact.
 * docs/decisions/2026-11-30-small-documents.md
 */
const MAX_OUTLINE_POINTS = 24

/**
 * Draws and stores the results.
 * @param located undefined if the locate step has failed; else the objects, and the id of the stored answer
 * @param copying the prepared copy, which becomes the preview
 */
export async function makeResults(
  located: { objects: Located; answerId: string } | undefined,
  source: SourceFacts,
  copying: Promise<PreparedImage>,
  { photo, timings }: Pick<AnnotationRun, 'photo' | 'timings'>,
  services: Pick<Services, 'photos'>,
): Promise<Partial<Annotation>> {
  const prepared = await copying
  const found = located && (await annotateObjects(located.objects, source))
  const drawn = await timings.measure('draw', () => drawResults(found, source, prepared))
  return timings.measure('store', () => storeResults(drawn, located?.answerId, photo, services))
}

/** @param found undefined if the locate step has failed */
async function drawResults(
  found: Found | undefined,
  source: SourceFacts,
  prepared: PreparedImage,
): Promise<Drawn> {
  const { format, decodable } = source
  const hiddenByBrowsers = format === 'heic' || format === 'heif'
  const drawn: Drawn = {
    image: source,
    found: undefined,
    preview: hiddenByBrowsers && decodable ? await previewOf(prepared) : undefined,
  }
  if (found) {
    const runs = found.objects.map(({ mask }) => mask?.runs ?? null)
    const overlay = await drawOverlay(runs, assignColours(found.objects.map(({ label }) => label)), source)
    const masks: (Buffer | null)[] = []
    const yieldTimer = new YieldTimer()
    for (const mask of runs) {
      await yieldTimer.yieldIfDue()
      masks.push(mask && (await drawMask(mask)))
    }
    drawn.found = { overlay, masks, ...found }
  }
  return drawn
}

/**
 * Writes the files and returns the document fields that refer to them. The folder belongs to the stored
 * answer: every worker that draws this answer writes the same files, and files of a worker that died can be
 * found.
 */
async function storeResults(
  drawn: Drawn,
  answerId: string | undefined,
  photo: Photo,
  { photos }: Pick<Services, 'photos'>,
): Promise<Partial<Annotation>> {
  const paths = resultPaths(photo)
  const { found, preview, image } = drawn
  const fields: Partial<Annotation> = {}
  const files: ResultFile[] = []
  if (preview) {
    files.push([paths.preview, preview.jpeg, 'image/jpeg'])
    fields.preview = { path: paths.preview, width: preview.width, height: preview.height }
  }
  if (found) {
    if (answerId === undefined)
      throw new Error('Cannot store the results: the locate step has no stored answer')
    const { overlay, mask: maskOf } = paths.answer(answerId)
    files.push([overlay, found.overlay, 'image/png'])
    found.masks.forEach((mask, index) => mask && files.push([maskOf(index), mask, 'image/png']))
    fields.overlay = {
      path: overlay,
      contentType: 'image/png',
      width: image.width,
      height: image.height,
    }
    fields.schemaVersion = SCHEMA_VERSION
    fields.objects = []
    const yieldTimer = new YieldTimer()
    for (const [index, object] of found.objects.entries()) {
      await yieldTimer.yieldIfDue()
      fields.objects.push(storedObject(object, maskOf(index)))
    }
    fields.dropped = { objects: countLost(found.dropped, 'object'), reasons: found.dropped }
  }
  await writeAll(files, photo, photos)
  return fields
}

function storedObject(
  { label, box, box2d, mask, maskReason }: Found['objects'][number],
  path: string,
): StoredObject {
  const object = { label, box, box2d: [...box2d] }
  if (!mask) return { ...object, mask: null, ...(maskReason && { maskReason }) }
  const { form, runs, polygon } = mask
  const outline = polygon && { polygon: simplifyOutline(polygon, MAX_OUTLINE_POINTS).flat() }
  return { ...object, mask: { form, path, areaPixels: runs.areaPixels, ...outline } }
}

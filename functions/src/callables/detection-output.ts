import { randomUUID } from 'node:crypto'
import type { DetectObjectsResult } from '../api/detect-objects.ts'
import type { Photo } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { count, countLost, type Dropped } from '../document/drop-reasons.ts'
import { resultPaths } from '../document/storage-paths.ts'
import { VisionError } from '../errors.ts'
import { drawMask, drawOverlay } from '../masks/draw.ts'
import { assignColours } from '../masks/palette.ts'
import { YieldTimer } from '../masks/yield-timer.ts'
import type { AnnotatedObject, annotateObjects } from '../pipeline/annotate-objects.ts'
import { type ResultFile, writeAll } from '../pipeline/write-files.ts'
import type { Services } from '../ports/services.ts'

type Found = Awaited<ReturnType<typeof annotateObjects>>
type Delivered = Pick<DetectObjectsResult, 'objects' | 'dropped' | 'overlay' | 'stored'>
type DeliveredMask = NonNullable<DetectObjectsResult['objects'][number]['mask']>

/** Maximum size of masks and overlay in a result, in bytes of JSON. A function may return 32 MB. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024
/** Size of a coordinate in JSON. */
const BYTES_PER_COORDINATE = 6

/** Returns masks as outlines or PNGs in the result. Drops and counts masks over the size limit. */
export async function deliverInline(
  found: Found,
  image: Size,
  { overlay }: { overlay: boolean },
): Promise<Delivered> {
  const dropped = { ...found.dropped }
  let left = MAX_INLINE_BYTES
  const drawn = overlay ? (await overlayOf(found, image)).toString('base64') : undefined
  if (drawn !== undefined) left -= drawn.length
  if (left < 0) left = 0
  const yieldTimer = new YieldTimer()
  const objects: Delivered['objects'] = []
  for (const object of found.objects) {
    await yieldTimer.yieldIfDue()
    const mask = object.mask && (await inlineMask(object.mask))
    const bytes = mask ? (mask.png?.length ?? 0) + (mask.polygon?.length ?? 0) * BYTES_PER_COORDINATE : 0
    if (bytes > left) {
      count(dropped, 'mask-over-limit')
      objects.push(describeObject(object, null, 'mask-over-limit'))
    } else {
      left -= bytes
      objects.push(describeObject(object, mask))
    }
  }
  return {
    objects,
    dropped: lossesOf(dropped),
    ...(drawn !== undefined &&
      drawn.length <= MAX_INLINE_BYTES && { overlay: { contentType: 'image/png', ...image, png: drawn } }),
  }
}

/**
 * Stores objects, masks and overlay as files beside the annotation. They are deleted with the photo.
 * @throws VisionError `object-gone` if the photo was deleted during the call
 */
export async function storeDetection(
  found: Found,
  image: Size,
  { overlay, photo }: { overlay: boolean; photo: Photo },
  { photos }: Pick<Services, 'photos'>,
): Promise<Delivered> {
  const paths = resultPaths(photo).detection(randomUUID())
  const files: ResultFile[] = []
  const yieldTimer = new YieldTimer()
  const objects: Delivered['objects'] = []
  for (const [index, object] of found.objects.entries()) {
    await yieldTimer.yieldIfDue()
    const path = paths.mask(index)
    if (object.mask) files.push([path, await drawMask(object.mask.runs), 'image/png'])
    const mask = object.mask && { form: object.mask.form, areaPixels: object.mask.runs.areaPixels, path }
    objects.push(describeObject(object, mask))
  }
  if (overlay) files.push([paths.overlay, await overlayOf(found, image), 'image/png'])
  const delivered: Delivered = {
    objects,
    dropped: lossesOf(found.dropped),
    ...(overlay && { overlay: { contentType: 'image/png', ...image, path: paths.overlay } }),
  }
  await writeAll(files, photo, photos)
  // Written last, so that all files that it references exist.
  await photos.writeResult(
    photo,
    paths.objects,
    Buffer.from(JSON.stringify({ image, ...delivered })),
    'application/json',
  )
  const live = await photos.findUpload(photo.bucket, photo.name, photo.owner)
  if (live?.generation !== photo.generation) {
    // The delete event may have been handled before the files were written.
    await photos.deleteResults(photo, 'older-and-this')
    throw new VisionError('object-gone', `Cannot store a detection of ${photo.imageId}: the photo is gone`)
  }
  return { ...delivered, stored: { path: paths.objects } }
}

async function overlayOf({ objects }: Found, image: Size): Promise<Buffer> {
  const runs = objects.map(({ mask }) => mask?.runs ?? null)
  return drawOverlay(runs, assignColours(objects.map(({ label }) => label)), image)
}

async function inlineMask({
  form,
  runs,
  polygon,
}: NonNullable<AnnotatedObject['mask']>): Promise<DeliveredMask> {
  const { areaPixels } = runs
  if (polygon) return { form, areaPixels, polygon: polygon.flat() }
  return { form, areaPixels, png: (await drawMask(runs)).toString('base64') }
}

function describeObject(
  { label, box, box2d, maskReason }: AnnotatedObject,
  mask: DeliveredMask | null,
  reason: string | undefined = maskReason,
): Delivered['objects'][number] {
  return { label, box, box2d: [...box2d], mask, ...(reason && { maskReason: reason }) }
}

function lossesOf(dropped: Dropped): Delivered['dropped'] {
  return { objects: countLost(dropped, 'object'), reasons: dropped }
}

import { VisionError } from '../../functions/src/errors.ts'
import type { preloadDecoders as PreloadDecoders } from '../../functions/src/image/loading.ts'
import type {
  copySizeOf as CopySize,
  prepareImage as Prepare,
  previewOf as Preview,
} from '../../functions/src/image/prepare.ts'
import type { inspectImage as Inspect } from '../../functions/src/image/source-image.ts'
import type { thumbnailOf as Thumbnail } from '../../functions/src/image/thumbnail.ts'
import type { drawMask as DrawMask, drawOverlay as DrawOverlay } from '../../functions/src/masks/draw.ts'
import type { responseSchema as ResponseSchema } from '../../functions/src/model/response-schema.ts'
import type {
  annotateObjects as Annotate,
  AnnotatedObject,
} from '../../functions/src/pipeline/annotate-objects.ts'
import type { Content } from './world.ts'

// Replaces the stages of the pipeline that compute pixels, see stub-hooks.ts. An upload is the JSON text of a
// `Content`, and each file that is made of it holds the id of the content, or the answer that it was drawn
// from.

export const LONG_SIDE = 1536
const SIZE = { width: 16, height: 16 }

export const inspectImage: typeof Inspect = async (bytes) => {
  const { id, kind, hasPreview } = JSON.parse(bytes.toString()) as Content
  if (kind === 'no-picture') throw new VisionError('unsupported-type', 'Not an image')
  const format = hasPreview ? 'heic' : 'jpeg'
  return {
    bytes: Buffer.from(id),
    format,
    decodable: true,
    orientation: 1,
    ...SIZE,
    decodingPixels: 256,
    sha256: id,
  }
}

export const copySizeOf: typeof CopySize = () => SIZE

export const prepareImage: typeof Prepare = async ({ bytes }) => {
  return { data: bytes, mimeType: 'image/jpeg', ...SIZE, sharpness: 1 }
}

export const previewOf: typeof Preview = async ({ data: jpeg }) => ({
  jpeg: Buffer.from(`${jpeg.toString()}/preview`),
  ...SIZE,
})

export const thumbnailOf: typeof Thumbnail = async ({ data: jpeg }) => ({
  jpeg: Buffer.from(`${jpeg.toString()}/thumbnail`),
  ...SIZE,
})

/** The real one waits in real time. */
export const preloadDecoders: typeof PreloadDecoders = async () => {}

/** Masks that remember the label of their object, which names the answer. */
export const annotateObjects: typeof Annotate = async ({ objects, dropped }) => ({
  objects: objects.map(({ label, box2d }): AnnotatedObject => {
    const box = { x: 0, y: 0, width: 1, height: 1 }
    const runs = { box, spans: new Int32Array(0), areaPixels: 1, label }
    return { label, box, box2d, mask: { form: 'png', runs } }
  }),
  dropped,
})

export const drawOverlay: typeof DrawOverlay = async ([mask]) => Buffer.from(labelOf(mask))
export const drawMask: typeof DrawMask = async (mask) => Buffer.from(labelOf(mask))

function labelOf(mask: unknown): string {
  return (mask as { label: string }).label
}

/** The real one waits in real time. */
export class YieldTimer {
  async yieldIfDue(): Promise<void> {}
}

/** The real one takes longer than a run of the pipeline without it. */
export const responseSchema: typeof ResponseSchema = () => ({})

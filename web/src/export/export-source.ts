import type { Annotation, DetectObjectsResult } from '@firesight/client'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { marksOfObjects } from '../viewer/marks.ts'
import { drawAnnotated } from './annotated-photo.ts'
import { boxIn, cutOut, exportSize } from './cut-out.ts'
import { FileNames } from './file-names.ts'
import { openCanvas, PictureError, readBlob, toBlob, withPicture } from './pictures.ts'

type Image = NonNullable<Annotation['image']>
type ExportedObject = DetectObjectsResult['objects'][number]
type Given = {
  connection: Connection
  imageId: string
  annotation: Annotation
  local: LocalPhoto | undefined
  /** The result of a search, whose objects are shown instead of those of the photo. */
  found: DetectObjectsResult | undefined
}
export type SavedFile = { name: string; blob: Blob }

/** The files that can be made of one photo, or of the objects found in it. */
export class ExportSource {
  readonly objects: readonly ExportedObject[]
  private readonly given: Given
  private readonly image: Image
  private readonly names: FileNames
  private loading: Promise<Blob | string> | undefined

  /** @throws Error for a photo that was not read, which has no results */
  constructor(given: Given) {
    const { annotation, imageId, local, found } = given
    if (!annotation.image) throw new Error(`Cannot export ${imageId}: the photo was not read`)
    this.given = given
    this.image = annotation.image
    this.objects = (found ?? annotation).objects ?? []
    this.names = new FileNames(imageId, local?.fileName)
  }

  get hasOverlay(): boolean {
    return this.result.overlay !== undefined
  }

  get hasMasks(): boolean {
    return this.objects.some(({ mask }) => mask !== null)
  }

  private get result(): Annotation | DetectObjectsResult {
    return this.given.found ?? this.given.annotation
  }

  /** The document of the photo, or the result of the search. */
  json(): string {
    return JSON.stringify(this.result, null, 2)
  }

  async jsonFile(): Promise<SavedFile> {
    const content = this.given.found ? 'search' : 'document'
    return {
      name: this.names.of(content, 'json'),
      blob: new Blob([this.json()], { type: 'application/json' }),
    }
  }

  /** The overlay as it is stored. */
  async overlay(): Promise<SavedFile> {
    const blob = await this.overlayBlob()
    if (!blob) throw new PictureError('This photo has no overlay.')
    return { name: this.names.of('overlay', 'png'), blob }
  }

  /** The mask of an object as it is stored: white on black, of the size of its box. */
  async mask(index: number): Promise<SavedFile> {
    return {
      name: this.names.ofObject(index, this.objects[index]!.label, 'mask'),
      blob: await this.maskBlob(index),
    }
  }

  async cutOut(index: number): Promise<SavedFile> {
    const name = this.names.ofObject(index, this.objects[index]!.label, 'cut-out')
    return { name, blob: await this.withPhoto(async (photo) => this.cutOutBlob(photo, index)) }
  }

  async allMasks(): Promise<SavedFile> {
    return this.archive('mask', async (index) => this.maskBlob(index))
  }

  async allCutOuts(): Promise<SavedFile> {
    return this.withPhoto(async (photo) =>
      this.archive('cut-out', async (index) => this.cutOutBlob(photo, index)),
    )
  }

  async annotated(type: 'image/png' | 'image/jpeg'): Promise<SavedFile> {
    const overlay = await this.overlayBlob()
    const blob = await this.withPhoto(async (photo) => {
      const draw = async (layer?: HTMLImageElement) => {
        const { image } = this
        const marks = marksOfObjects(this.objects)
        return toBlob(
          drawAnnotated({ photo, size: sizeOf(photo, image), image, overlay: layer, marks }),
          type,
        )
      }
      return overlay ? withPicture(overlay, draw) : draw()
    })
    return { name: this.names.of('annotated', type === 'image/png' ? 'png' : 'jpg'), blob }
  }

  private async overlayBlob(): Promise<Blob | undefined> {
    const url = await this.given.connection.firesight.overlayUrl({ overlay: this.result.overlay })
    return url === null ? undefined : readBlob(url)
  }

  /** A PNG. Inline outlines are SVGs. */
  private async maskBlob(index: number): Promise<Blob> {
    const object = this.objects[index]!
    const url = await this.given.connection.firesight.maskUrl(object)
    if (url === null) throw new PictureError(`“${object.label}” has no mask.`)
    const blob = await readBlob(url)
    if (!blob.type.startsWith('image/svg')) return blob
    return withPicture(blob, async (picture) => {
      const pen = openCanvas(object.box)
      pen.drawImage(picture, 0, 0)
      return toBlob(pen, 'image/png')
    })
  }

  private async cutOutBlob(photo: HTMLImageElement, index: number): Promise<Blob> {
    const size = sizeOf(photo, this.image)
    const box = boxIn(size, this.image, this.objects[index]!.box)
    const pen = openCanvas(box)
    const scale = photo.naturalWidth / size.width
    const area = [box.x * scale, box.y * scale, box.width * scale, box.height * scale] as const
    pen.drawImage(photo, ...area, 0, 0, box.width, box.height)
    const pixels = pen.getImageData(0, 0, box.width, box.height)
    cutOut(pixels, await withPicture(await this.maskBlob(index), (mask) => pixelsOf(mask, box)))
    pen.putImageData(pixels, 0, 0)
    return toBlob(pen, 'image/png')
  }

  private async archive(
    content: 'mask' | 'cut-out',
    make: (index: number) => Promise<Blob>,
  ): Promise<SavedFile> {
    const { zipSync } = await import('fflate')
    const files: Record<string, Uint8Array> = {}
    for (const [index, { label, mask }] of this.objects.entries()) {
      if (mask === null) continue
      const bytes = await (await make(index)).arrayBuffer()
      files[this.names.inArchive(index, label, content)] = new Uint8Array(bytes)
    }
    // PNGs are compressed already.
    const zip = zipSync(files, { level: 0 })
    return { name: this.names.of(`${content}s`, 'zip'), blob: new Blob([zip], { type: 'application/zip' }) }
  }

  /** The added file, else the stored photo or its JPEG copy. It is downloaded once. */
  private async withPhoto<Result>(use: (photo: HTMLImageElement) => Promise<Result>): Promise<Result> {
    this.loading ??= this.loadPhoto().catch((error: unknown): never => {
      this.loading = undefined
      throw error
    })
    return withPicture(await this.loading, use)
  }

  private async loadPhoto(): Promise<Blob | string> {
    const { local, connection, annotation } = this.given
    // A file may have a wrong type, for example a HEIC named .jpg, and be unreadable.
    if (local?.url && (await isReadable(local.url))) return local.url
    const url = await connection.firesight.photoUrl(annotation)
    if (url === null)
      throw new PictureError('Your browser cannot show this photo, and there is no JPEG copy of it.')
    return readBlob(url)
  }
}

async function isReadable(url: string): Promise<boolean> {
  return withPicture(url, () => true).catch(() => false)
}

function sizeOf({ naturalWidth, naturalHeight }: HTMLImageElement, image: Image) {
  return exportSize({ width: naturalWidth, height: naturalHeight }, image)
}

/** Without smoothing: a mask has no values between black and white. */
function pixelsOf(
  picture: HTMLImageElement,
  { width, height }: { width: number; height: number },
): ImageData {
  const pen = openCanvas({ width, height })
  pen.imageSmoothingEnabled = false
  pen.drawImage(picture, 0, 0, width, height)
  return pen.getImageData(0, 0, width, height)
}

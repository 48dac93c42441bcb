import { createHash } from 'node:crypto'
import type { JournalImage } from '../scripts/journal.ts'
import { readImageSize } from '../vision/picture.ts'
import { invalid } from './api-error.ts'
import type { FileStore } from './file-store.ts'
import type { GenerateContentRequest, Part, RequestImage } from './request.ts'
import type { StorageObjects } from './storage-objects.ts'

/** The sources of referenced files: uploaded files and, on Vertex AI paths, objects of Cloud Storage. */
type Sources = { files: FileStore; objects: StorageObjects | undefined }

/** The images of a request in order. Loads the bytes of referenced files. */
export async function collectImages(
  { contents = [] }: GenerateContentRequest,
  sources: Sources,
): Promise<RequestImage[]> {
  const images: RequestImage[] = []
  for (const part of contents.flatMap(({ parts = [] }) => parts)) {
    const image = await readImage(part, sources)
    if (image) images.push(image)
  }
  return images
}

async function readImage(
  { inlineData, fileData, mediaResolution }: Part,
  sources: Sources,
): Promise<RequestImage | undefined> {
  const level = mediaResolution?.level
  const resolution = level === undefined ? {} : { mediaResolution: level }
  if (inlineData?.data)
    return { mimeType: inlineData.mimeType!, bytes: inlineData.data, source: 'inlineData', ...resolution }
  if (!fileData?.fileUri) return undefined
  const { fileUri } = fileData
  const { mimeType, bytes } = await readFile(fileUri, sources)
  return { mimeType: fileData.mimeType ?? mimeType, bytes, source: 'fileData', fileUri, ...resolution }
}

async function readFile(
  uri: string,
  { files, objects }: Sources,
): Promise<{ mimeType: string; bytes: Buffer }> {
  if (objects && uri.startsWith('gs://')) return objects.read(uri)
  return files.getActive(fileId(uri))
}

/** The id in a `File.uri`, on any host, or in `files/{id}`. */
function fileId(uri: string): string {
  const id = /^(?:https?:\/\/[^/]+\/v\w+\/)?files\/([^/?#]+)$/.exec(uri)?.[1]
  if (!id)
    throw invalid(
      `Cannot fetch and process content from the provided URI: ${uri}. The emulator only reads files uploaded to it.`,
    )
  return id
}

/** The size of each image; undefined for unreadable images. */
export async function readSizes(images: RequestImage[]) {
  return Promise.all(images.map(async ({ bytes }) => readImageSize(bytes).catch(() => undefined)))
}

/** The entry of an image in the journal. */
export function describeImage(image: RequestImage, size?: { width: number; height: number }): JournalImage {
  return {
    mimeType: image.mimeType,
    bytes: image.bytes.length,
    ...size,
    sha256: createHash('sha256').update(image.bytes).digest('hex'),
    source: image.source,
    ...(image.fileUri !== undefined && { fileUri: image.fileUri }),
  }
}

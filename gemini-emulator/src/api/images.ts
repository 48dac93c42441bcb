import { readImageSize } from '../vision/picture.ts'
import { invalid } from './api-error.ts'
import type { FileStore } from './file-store.ts'
import type { GenerateContentRequest, Part, RequestImage } from './request.ts'

/** The images of a request in order, those of the Files API fetched from the store. */
export function collectImages({ contents = [] }: GenerateContentRequest, files: FileStore): RequestImage[] {
  return contents.flatMap(({ parts = [] }) => parts).flatMap((part) => readImage(part, files) ?? [])
}

function readImage(
  { inlineData, fileData, mediaResolution }: Part,
  files: FileStore,
): RequestImage | undefined {
  const level = mediaResolution?.level
  const resolution = level === undefined ? {} : { mediaResolution: level }
  if (inlineData?.data)
    return { mimeType: inlineData.mimeType!, bytes: inlineData.data, source: 'inlineData', ...resolution }
  if (!fileData?.fileUri) return undefined
  const file = files.getActive(fileId(fileData.fileUri))
  const mimeType = fileData.mimeType ?? file.mimeType
  return { mimeType, bytes: file.bytes, source: 'fileData', fileUri: fileData.fileUri, ...resolution }
}

/** The id in a `File.uri`, whatever host the client reached the emulator by, or in `files/{id}`. */
export function fileId(uri: string): string {
  const id = /^(?:https?:\/\/[^/]+\/v\w+\/)?files\/([^/?#]+)$/.exec(uri)?.[1]
  if (!id)
    throw invalid(
      `Cannot fetch and process content from the provided URI: ${uri}. The emulator reads only files uploaded to it.`,
    )
  return id
}

/** The size of each image, undefined where it cannot be read. */
export async function readSizes(images: RequestImage[]) {
  return Promise.all(images.map(async ({ bytes }) => readImageSize(bytes).catch(() => undefined)))
}

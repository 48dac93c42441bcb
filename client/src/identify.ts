import { acceptPhoto, type PhotoType, photoTypeOfBytes } from './formats.ts'

/**
 * The content type and file extension for an upload, from the declared type, the file name or the bytes.
 * @throws FiresightError `unsupported-type`, `empty-file`, `file-too-large`
 */
export async function identify(
  file: Blob | Uint8Array,
  contentType: PhotoType | undefined,
): Promise<{ contentType: PhotoType; ending: string }> {
  if (file instanceof Uint8Array)
    return acceptPhoto({ size: file.byteLength, type: contentType ?? photoTypeOfBytes(file) ?? '' })
  const { name } = file as Partial<File>
  const isUnnamed = !contentType && !file.type && !name
  const type = isUnnamed
    ? photoTypeOfBytes(new Uint8Array(await file.slice(0, 16).arrayBuffer()))
    : (contentType ?? file.type)
  return acceptPhoto({ size: file.size, type: type ?? '', ...(name && { name }) })
}

import { checkUploadSize, formatOf, type PhotoFormat, type PhotoType, photoTypeOfBytes } from './formats.ts'

/**
 * The content type and file extension for an upload, from the declared type, the file name or the bytes.
 * @throws FiresightError `unsupported-type`, `empty-file`
 */
export async function identify(
  file: Blob | Uint8Array,
  contentType: PhotoType | undefined,
): Promise<PhotoFormat> {
  if (file instanceof Uint8Array)
    return formatOf({ size: file.byteLength, type: contentType ?? photoTypeOfBytes(file) ?? '' })
  const { name } = file as Partial<File>
  const isUnnamed = !contentType && !file.type && !name
  const type = isUnnamed
    ? photoTypeOfBytes(new Uint8Array(await file.slice(0, 16).arrayBuffer()))
    : (contentType ?? file.type)
  return formatOf({ size: file.size, type: type ?? '', ...(name && { name }) })
}

/** @throws FiresightError `file-too-large` */
export function checkFileSize(file: Blob | Uint8Array): void {
  if (file instanceof Uint8Array) checkUploadSize({ size: file.byteLength })
  else checkUploadSize(file)
}

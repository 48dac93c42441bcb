import { permanentError } from './error.ts'

/**
 * The allowed content types with their file extensions, the same as in storage.rules and for inline images.
 */
const ENDINGS = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'image/heic': ['heic'],
  'image/heif': ['heif'],
} as const

export type PhotoType = keyof typeof ENDINGS

export const PHOTO_TYPES = Object.keys(ENDINGS) as PhotoType[]

/** The largest upload in bytes, the same as in storage.rules. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024

/** For `<input accept>`. Includes extensions because some systems have no content type for HEIC. */
export const ACCEPT = [...PHOTO_TYPES, '.heic', '.heif'].join(',')

/** The known properties of a file before it is uploaded. */
export type PhotoFile = { size: number; name?: string; type?: string }

/**
 * Checks a file and returns the content type and file extension for its upload.
 * @throws FiresightError `unsupported-type`, `empty-file`, `file-too-large`
 */
export function acceptPhoto(file: PhotoFile): PhotoFormat {
  const format = formatOf(file)
  checkUploadSize(file)
  return format
}

export type PhotoFormat = { contentType: PhotoType; ending: string }

/** @throws FiresightError `unsupported-type`, `empty-file` */
export function formatOf(file: PhotoFile): PhotoFormat {
  const name = nameOf(file)
  const contentType = photoTypeOf(file)
  if (!contentType) {
    throw permanentError(
      'unsupported-type',
      `${name} is ${file.type || 'a file of unknown type'}. Choose a PNG, JPEG, WebP, HEIC or HEIF photo.`,
    )
  }
  if (file.size === 0) throw permanentError('empty-file', `${name} is empty. Choose another photo.`)
  return { contentType, ending: ENDINGS[contentType][0] }
}

/** @throws FiresightError `file-too-large` */
export function checkUploadSize(file: Pick<PhotoFile, 'name' | 'size'>): void {
  if (file.size > MAX_UPLOAD_BYTES) {
    const [size, limit] = [fileSize(file.size), fileSize(MAX_UPLOAD_BYTES)]
    throw permanentError(
      'file-too-large',
      `${nameOf(file)} is too large (${size}). The limit is ${limit}. Choose a smaller photo.`,
    )
  }
}

function nameOf({ name }: Pick<PhotoFile, 'name'>): string {
  return name ? `“${name}”` : 'The file'
}

/** By the content type, or by the file extension if there is none; undefined if the format is not allowed. */
function photoTypeOf({ name = '', type = '' }: Pick<PhotoFile, 'name' | 'type'>): PhotoType | undefined {
  // A common but incorrect content type of JPEG files.
  if (type === 'image/jpg') return 'image/jpeg'
  if (type) return PHOTO_TYPES.find((known) => known === type)
  const ending = name.toLowerCase().split('.').at(-1) ?? ''
  return PHOTO_TYPES.find((known) => (ENDINGS[known] as readonly string[]).includes(ending))
}

/** Reads only the signature. The functions check whether the rest of the file is a valid image. */
export function photoTypeOfBytes(bytes: Uint8Array): PhotoType | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to))
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png'
  if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  if (text(4, 8) !== 'ftyp') return undefined
  // Major brands of ISO/IEC 23008-12.
  if (['heic', 'heix', 'hevc', 'hevx'].includes(text(8, 12))) return 'image/heic'
  return ['mif1', 'msf1'].includes(text(8, 12)) ? 'image/heif' : undefined
}

const MEGABYTE = 1024 * 1024

/** A size as in the messages of this library: 640 KB, 4.1 MB, 120 MB. As in the limits, 1 MB has 1,048,576 bytes. */
export function fileSize(bytes: number): string {
  if (bytes < MEGABYTE) return `${Math.max(Math.round(bytes / 1024), 1)} KB`
  return `${(bytes / MEGABYTE).toFixed(bytes < 100 * MEGABYTE ? 1 : 0).replace(/\.0$/, '')} MB`
}

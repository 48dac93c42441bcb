import { refusal } from './error.ts'

/** What may be uploaded, as storage.rules has it, or be given inline: content types and their file name endings. */
const ENDINGS = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'image/heic': ['heic'],
  'image/heif': ['heif'],
} as const

export type PhotoType = keyof typeof ENDINGS

export const PHOTO_TYPES = Object.keys(ENDINGS) as PhotoType[]

/** The largest photo that may be uploaded, in bytes, as storage.rules has it. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024

/** For `<input accept>`: endings too, because some systems know no type for HEIC. */
export const ACCEPT = [...PHOTO_TYPES, '.heic', '.heif'].join(',')

/** What is known of a photo before it is sent. */
export type PhotoFile = { size: number; name?: string; type?: string }

/**
 * The type to upload a photo as, and the ending of its name.
 * @throws FiresightError `unsupported-type`, `empty-file`, `file-too-large`
 */
export function acceptPhoto(file: PhotoFile): { contentType: PhotoType; ending: string } {
  const name = file.name ? `“${file.name}”` : 'The file'
  const contentType = photoTypeOf(file)
  if (!contentType) {
    throw refusal(
      'unsupported-type',
      `${name} is ${file.type || 'a file of unknown type'}. Choose a PNG, JPEG, WebP, HEIC or HEIF photo.`,
    )
  }
  if (file.size === 0)
    throw refusal('empty-file', `${name} is empty. Choose a photo that has been saved in full.`)
  if (file.size > MAX_UPLOAD_BYTES) {
    const [size, limit] = [inMegabytes(file.size), inMegabytes(MAX_UPLOAD_BYTES)]
    throw refusal(
      'file-too-large',
      `${name} has ${size}. Photos may have up to ${limit}: save a smaller copy.`,
    )
  }
  return { contentType, ending: ENDINGS[contentType][0] }
}

/** By what the system says of it, else by its name; undefined for what is no photo that is taken. */
export function photoTypeOf({
  name = '',
  type = '',
}: Pick<PhotoFile, 'name' | 'type'>): PhotoType | undefined {
  // Some systems and many programs say so of a JPEG.
  if (type === 'image/jpg') return 'image/jpeg'
  if (type) return PHOTO_TYPES.find((known) => known === type)
  const ending = name.toLowerCase().split('.').at(-1) ?? ''
  return PHOTO_TYPES.find((known) => (ENDINGS[known] as readonly string[]).includes(ending))
}

/** Bytes alone tell what they begin with. Whether they are a whole picture is for the functions to find out. */
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

function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 100 * 1024 * 1024 ? 1 : 0).replace(/\.0$/, '')} MB`
}

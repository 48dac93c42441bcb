/** What may be uploaded, as storage.rules has it: content types and their file name endings. */
const ENDINGS: Record<string, readonly string[]> = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'image/heic': ['heic'],
  'image/heif': ['heif'],
}

export const MAX_BYTES = 20 * 1024 * 1024

/** For `<input accept>`: endings too, because some systems know no type for HEIC. */
export const ACCEPT = [...Object.keys(ENDINGS), '.heic', '.heif'].join(',')

export type Accepted = { contentType: string; ending: string }

/** The type to upload a file as, or why it cannot be uploaded. */
export function acceptFile(file: Pick<File, 'name' | 'type' | 'size'>): Accepted | { refusal: string } {
  const contentType = typeOf(file)
  const ending = contentType && ENDINGS[contentType]?.[0]
  if (!ending) {
    return {
      refusal: `“${file.name}” is ${file.type || 'a file of unknown type'}. Choose a PNG, JPEG, WebP, HEIC or HEIF photo.`,
    }
  }
  if (file.size === 0)
    return { refusal: `“${file.name}” is empty. Choose a photo that has been saved in full.` }
  if (file.size > MAX_BYTES) {
    return {
      refusal: `“${file.name}” has ${inMegabytes(file.size)}. Photos may have up to ${inMegabytes(MAX_BYTES)}: save a smaller copy.`,
    }
  }
  return { contentType, ending }
}

/** Whether browsers other than Safari leave the format to others. */
export function isHeif(contentType: string): boolean {
  return contentType === 'image/heic' || contentType === 'image/heif'
}

function typeOf({ name, type }: Pick<File, 'name' | 'type'>): string | undefined {
  if (type) return type
  const ending = name.toLowerCase().split('.').at(-1) ?? ''
  return Object.keys(ENDINGS).find((contentType) => ENDINGS[contentType]?.includes(ending))
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 100 * 1024 * 1024 ? 1 : 0).replace(/\.0$/, '')} MB`
}

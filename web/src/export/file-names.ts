/** The longest label or name in a file name, in characters. */
const MAX_LENGTH = 40

/** The names of exported files. Letters and digits of all scripts stay; everything else becomes a hyphen. */
export class FileNames {
  private readonly base: string

  /** @param fileName the name of the added file, if it is known */
  constructor(imageId: string, fileName: string | undefined) {
    const stem = fileName?.replace(/\.[^.]*$/, '') ?? ''
    this.base = slug(stem) || `photo-${imageId.slice(0, 8)}`
  }

  of(
    content: 'annotated' | 'overlay' | 'masks' | 'cut-outs' | 'document' | 'search',
    ending: string,
  ): string {
    return `${this.base}-${content}.${ending}`
  }

  /** @param index of the object, from 0. File names count from 1, as the pixel values of the overlay do. */
  ofObject(index: number, label: string, content: 'mask' | 'cut-out'): string {
    return [this.base, this.inArchive(index, label, content)].join('-')
  }

  /** As `ofObject`, without the name of the photo: the archive has it. */
  inArchive(index: number, label: string, content: 'mask' | 'cut-out'): string {
    return [String(index + 1).padStart(2, '0'), slug(label), `${content}.png`].filter(Boolean).join('-')
  }
}

function slug(text: string): string {
  const words = text.normalize('NFC').replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
  return trimHyphens(Array.from(trimHyphens(words)).slice(0, MAX_LENGTH).join(''))
}

function trimHyphens(text: string): string {
  return text.replaceAll(/^-+|-+$/g, '')
}

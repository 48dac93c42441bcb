import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import type { Subject } from './trial.ts'

const PICTURE_NAME =
  /\.(jpe?g|jpe|a?png|webp|hei[cf]|hif|avif|gif|bmp|dib|tiff?|ico|cur|svgz?|jp[2cm]|j2k|jxl|jng|mng|p[gpbn]m|psd|raf|cr2|nef|dng|exv|orf|mrw|pef|rw2|crw|tga|eps|icns|pcx|xpm|xbm|dds|sgi|fits|icc|xmp)$/i
/** Folders with files that are meant to break decoders, of any name. */
const FUZZ_FOLDER = /(^|\/)(fuzz[^/]*|[^/]*corpus|crashers|badfiles|broken[^/]*)\//i
/** Larger files are refused because of their size. */
const MAX_BYTES = 40_000_000

const MAGIC = [/^\x89PNG/, /^\xff\xd8\xff/, /^RIFF[^]{4}WEBP/, /^GIF8/, /^(II\*\0|MM\0\*)/, /^[^]{4}ftyp/]

/** Copies the images of a package, and files that look like one, to a folder. @returns their number */
export function keepPictures(from: string, to: string): number {
  let kept = 0
  for (const file of filesIn(from)) {
    const name = relative(from, file)
    if (!PICTURE_NAME.test(name) && !FUZZ_FOLDER.test(name) && !looksLikePicture(file)) continue
    mkdirSync(to, { recursive: true })
    copyFileSync(file, join(to, `${kept++}-${basename(file).slice(-80)}`))
  }
  return kept
}

function looksLikePicture(file: string): boolean {
  const start = readFileSync(file).toString('latin1', 0, 16)
  return MAGIC.some((magic) => magic.test(start))
}

/** A subject for each file of a folder, without duplicates. */
export function corpusSubjects(folder: string, family: string, known = new Set<string>()): Subject[] {
  return filesIn(folder).flatMap((file) => {
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (known.has(digest)) return []
    known.add(digest)
    const fileName = `photo${extname(file)}`
    return {
      name: relative(folder, file),
      family,
      heic: 'off',
      fileName,
      make: () => readFileSync(file),
    }
  })
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size <= MAX_BYTES)
    .toSorted()
}

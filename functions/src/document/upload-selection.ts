import { isCatchAll, uploadPattern } from './storage-paths.ts'

/** Which objects are photos to annotate. */
export type UploadSelection = {
  uploadPath: string
  /** Absolute folders as in `isBelow`. Empty: all. */
  includePaths: readonly string[]
  excludePaths: readonly string[]
}

/** @param contentType as declared; '' if the object declares none */
export type UploadSelector = (name: string, contentType: string) => { owner: string | null } | undefined

/**
 * A matcher of the objects to annotate, which returns the owner as `uploadPattern`. With a path that matches
 * whole folders, objects whose declared type is no image are not selected: such a bucket has other files.
 */
export function uploadSelector({ uploadPath, includePaths, excludePaths }: UploadSelection): UploadSelector {
  const match = uploadPattern(uploadPath)
  const onlyImages = isCatchAll(uploadPath)
  return (name, contentType) => {
    const found = match(name)
    if (!found) return undefined
    if (onlyImages && !contentType.startsWith('image/')) return undefined
    const folder = `/${name.slice(0, Math.max(0, name.lastIndexOf('/')))}`
    if (includePaths.length > 0 && !includePaths.some((path) => isBelow(folder, path))) return undefined
    return excludePaths.some((path) => isBelow(folder, path)) ? undefined : found
  }
}

/**
 * Whether a folder is one of `path` or below it, as in the extension storage-label-images: `*` stands for any
 * text, also for several folders. Both begin with a slash. Takes linear time for each part of the path.
 */
export function isBelow(folder: string, path: string): boolean {
  const [start = '', ...parts] = path.trim().split('*')
  if (!folder.startsWith(start)) return false
  let position = start.length
  const last = parts.pop()
  if (last === undefined) return endsSegment(folder, position)
  for (const part of parts) {
    const found = folder.indexOf(part, position)
    if (found === -1) return false
    position = found + part.length
  }
  for (let from = position; ; from++) {
    from = folder.indexOf(last, from)
    if (from === -1) return false
    // A star at the end stands for the rest.
    if (last === '' || endsSegment(folder, from + last.length)) return true
  }
}

function endsSegment(folder: string, position: number): boolean {
  return position === folder.length || folder[position] === '/' || folder[position - 1] === '/'
}

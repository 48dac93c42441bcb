import { isHeif } from './accept.ts'
import type { Annotation } from './annotations.ts'

/** The stored file to show: the original where browsers can, else the functions' copy; undefined while there is neither. */
export function displayPath(annotation: Annotation | undefined): string | undefined {
  if (!annotation || annotation.status === 'deleted') return undefined
  if (annotation.preview) return annotation.preview.path
  return isHeif(`image/${annotation.image?.format}`) || isHeif(annotation.contentType)
    ? undefined
    : annotation.name
}

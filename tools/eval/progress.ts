import { dollars, duration, oneLine, plural, whole } from './format.ts'
import { type PhotoResult, STEP_NAMES } from './run-file.ts'
import { isComplete, tokensOf, usdOf } from './totals.ts'

/** One line for each photo that has ended. */
export function progressLine(photo: PhotoResult, done: number, all: number): string {
  const count = `[${String(done).padStart(String(all).length)}/${all}]`
  const parts = [
    photo.status,
    photo.objects && plural(photo.objects.length, 'object'),
    tokensOf(photo) > 0 && `${whole(tokensOf(photo))} tokens`,
    usdOf(photo) !== undefined && dollars(usdOf(photo)),
    photo.timingsMs.total !== undefined && duration(photo.timingsMs.total),
    !isComplete(photo) && problemOf(photo),
  ].filter((part) => typeof part === 'string')
  return `${count} ${oneLine(`${photo.name}: ${parts.join(', ')}`)}`
}

/** Which steps have failed, and why. */
export function problemOf(photo: PhotoResult): string {
  const failed = STEP_NAMES.flatMap((name) => {
    const { state, error } = photo.steps[name]
    return state === 'failed' ? [`${name} failed${error ? ` (${error.code})` : ''}`] : []
  })
  const { error } = photo
  return [...failed, error ? `${error.code}: ${error.message}` : []].flat().join(', ')
}

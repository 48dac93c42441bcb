import { createHash } from 'node:crypto'

const SEGMENT = /^\{([A-Za-z][A-Za-z0-9]*)\}$/
/** The last segment of a pattern may match the rest of a name, as in the rules of Cloud Storage. */
const REST = /^\{[A-Za-z][A-Za-z0-9]*=\*\*\}$/
/** Where results and model inputs are (`resultPaths`, `modelInputPath`), of every deployment. */
const OUTPUTS = /^(users\/[^/]+\/)?(annotations|model-inputs)\//

/**
 * A matcher of object names for a pattern such as `users/{uid}/uploads/{fileName}`: a segment in braces
 * matches exactly one segment that is not empty, other segments match themselves. A last segment such as
 * `{path=**}` matches one or more segments, but never a result. The matcher returns the owner (null if the
 * pattern has no `{uid}`), or undefined for a name that does not match.
 */
export function uploadPattern(pattern: string): (name: string) => { owner: string | null } | undefined {
  const expected = pattern.split('/')
  const catchesAll = isCatchAll(pattern)
  if (catchesAll) expected.pop()
  return (name) => {
    const segments = name.split('/')
    const rest = catchesAll ? segments.splice(expected.length) : undefined
    if (segments.length !== expected.length) return undefined
    if (rest && (rest.length === 0 || rest.some(isNoName) || OUTPUTS.test(name))) return undefined
    let owner: string | null = null
    for (const [index, part] of expected.entries()) {
      const segment = segments[index]!
      const variable = SEGMENT.exec(part)?.[1]
      if (variable ? isNoName(segment) : segment !== part) return undefined
      if (variable === 'uid') owner = segment
    }
    return { owner }
  }
}

/** Whether the pattern matches whole folders: its last segment is `{name=**}`. */
export function isCatchAll(pattern: string): boolean {
  return REST.test(pattern.slice(pattern.lastIndexOf('/') + 1))
}

function isNoName(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..'
}

/** Whether one name could match both patterns, which match no whole folders. */
export function patternsOverlap(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')]
  if (left.length !== right.length) return false
  return left.every((part, index) => {
    const other = right[index]!
    return part === other || SEGMENT.test(part) || SEGMENT.test(other)
  })
}

/** The patterns of all names that results of photos under `uploadPath` may have. */
export function resultPatterns(uploadPath: string): string[] {
  const owner = uploadPath.split('/').includes('{uid}') ? '{uid}' : null
  const { folder } = resultPaths({ owner, imageId: '{imageId}', generation: '{generation}' })
  const detection = `${folder}detections/{detection}/`
  const answer = `${folder}{answer}/`
  const homes = [folder, answer, `${answer}masks/`, detection, `${detection}masks/`, modelInputFolder(owner)]
  return homes.map((home) => `${home}{file}`)
}

/** The path of an image's copy that Vertex AI reads. */
export function modelInputPath(owner: string | null, sha256: string, mimeType: string): string {
  const extension = mimeType === 'image/jpeg' ? 'jpg' : mimeType.replace('image/', '')
  return `${modelInputFolder(owner)}${sha256}.${extension}`
}

function modelInputFolder(owner: string | null): string {
  return owner === null ? 'model-inputs/' : modelInputsOf(owner)
}

/** The folder of a user's images that Vertex AI reads. */
export function modelInputsOf(uid: string): string {
  return `users/${uid}/model-inputs/`
}

/** The folder of the results of all photos of a user. */
export function resultsOf(uid: string): string {
  return `users/${uid}/annotations/`
}

/** The document id of an object: 43 characters that are safe in a path. */
export function imageIdOf(bucket: string, name: string): string {
  return createHash('sha256').update(`${bucket}\n${name}`).digest('base64url')
}

/**
 * The paths of the results of one generation. They consist of ids and indexes, never of labels or file names.
 */
export function resultPaths(photo: { owner: string | null; imageId: string; generation: string }) {
  const all = photo.owner === null ? 'annotations/' : resultsOf(photo.owner)
  const home = `${all}${photo.imageId}/`
  const folder = `${home}${photo.generation}/`
  return {
    /** The folder of all generations, each in a folder of its own. */
    home,
    folder,
    preview: `${folder}preview.jpg`,
    thumbnail: `${folder}thumbnail.jpg`,
    /** The model's answer about the objects, and the files drawn from it. */
    answer: (id: string) => ({
      text: `${folder}${id}/answer.json`,
      overlay: `${folder}${id}/overlay.png`,
      mask: (index: number) => `${folder}${id}/masks/${index}.png`,
    }),
    /** Results of `detectObjects`. */
    detection: (id: string) => ({
      objects: `${folder}detections/${id}/objects.json`,
      overlay: `${folder}detections/${id}/overlay.png`,
      mask: (index: number) => `${folder}detections/${id}/masks/${index}.png`,
    }),
  }
}

/** The parts of a result's name. */
export type ResultPath = {
  name: string
  imageId: string
  generation: string
  /**
   * The segment after the generation: `preview.jpg`, `thumbnail.jpg`, the id of an answer, or `detections`.
   */
  place: string
}

const RESULT = /^(?:users\/[^/]+\/)?annotations\/([\w-]{43})\/(\d{1,19})\/([^/]+)/

/** @returns undefined for a name that `resultPaths` does not produce */
export function parseResultPath(name: string): ResultPath | undefined {
  const [, imageId, generation, place] = RESULT.exec(name) ?? []
  if (imageId === undefined || generation === undefined || place === undefined) return undefined
  return { name, imageId, generation, place }
}

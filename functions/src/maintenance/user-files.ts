import { modelInputsOf, parseResultPath, resultsOf, uploadPattern } from '../document/storage-paths.ts'

/** Files of a user: all of them have the prefix, but not all names with the prefix are files of the user. */
export type UserFiles = { prefix: string; has: (name: string) => boolean }

const MODEL_INPUT = /^[0-9a-f]{64}\.\w{1,20}$/

/** A user with such an id owns no files: a segment of an object's name cannot be this id. */
function ownsNoFiles(uid: string): boolean {
  return uid === '' || uid === '.' || uid === '..' || uid.includes('/')
}

/** @returns undefined if the user cannot own uploads */
export function uploadsOfUser(uid: string, uploadPath: string): UserFiles | undefined {
  if (ownsNoFiles(uid)) return undefined
  const segments = uploadPath.split('/')
  const isFixed = (segment: string) => segment === '{uid}' || !segment.startsWith('{')
  const end = segments.findIndex((segment) => !isFixed(segment))
  const fixed = (end === -1 ? segments : segments.slice(0, end)).map((segment) =>
    segment === '{uid}' ? uid : segment,
  )
  const matches = uploadPattern(uploadPath)
  return {
    prefix: end === -1 ? fixed.join('/') : fixed.map((segment) => `${segment}/`).join(''),
    has: (name) => matches(name)?.owner === uid,
  }
}

/** @returns undefined if the user cannot own results */
export function resultsOfUser(uid: string): UserFiles | undefined {
  if (ownsNoFiles(uid)) return undefined
  const prefix = resultsOf(uid)
  return { prefix, has: (name) => name.startsWith(prefix) && parseResultPath(name) !== undefined }
}

/** The copies that Vertex AI reads. @returns undefined if the user cannot own any */
export function modelInputsOfUser(uid: string): UserFiles | undefined {
  if (ownsNoFiles(uid)) return undefined
  const prefix = modelInputsOf(uid)
  return {
    prefix,
    has: (name) => name.startsWith(prefix) && MODEL_INPUT.test(name.slice(prefix.length)),
  }
}

import { documentBytes } from '../support/document-bytes.ts'

/**
 * https://firebase.google.com/docs/firestore/quotas, 2026-11: bytes of a document, depth of maps and lists,
 * bytes of a field's name.
 */
const MAX_DOCUMENT_BYTES = 1_048_576
const MAX_DEPTH = 20
const MAX_NAME_BYTES = 1500

/**
 * Lists what Firestore would refuse in a document: unsupported types, nested arrays, lone surrogates,
 * reserved names, and more than 1 MiB.
 */
export function firestoreComplaints(document: Record<string, unknown>, path: string): string[] {
  const complaints: string[] = []
  checkMap(document, '', 1, complaints)
  const size = documentBytes(document, path)
  if (size > MAX_DOCUMENT_BYTES) complaints.push(`it is ${size} bytes, the limit is ${MAX_DOCUMENT_BYTES}`)
  return complaints
}

function checkMap(map: object, at: string, depth: number, complaints: string[]): void {
  if (depth > MAX_DEPTH) {
    complaints.push(`${at} is more than ${MAX_DEPTH} deep`)
    return
  }
  for (const [name, value] of Object.entries(map)) {
    if (name === '' || /^__.*__$/.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES) {
      complaints.push(`${at} has a field named ${JSON.stringify(name.slice(0, 40))}`)
    }
    if (!name.isWellFormed()) complaints.push(`${at} has a name with a lone surrogate`)
    checkValue(value, `${at}/${name}`, depth, complaints)
  }
}

function checkValue(value: unknown, at: string, depth: number, complaints: string[]): void {
  if (value === null || typeof value === 'boolean' || value instanceof Date) return
  if (typeof value === 'string') {
    if (!value.isWellFormed()) complaints.push(`${at} has a lone surrogate`)
  } else if (typeof value === 'number') {
    // Firestore accepts NaN and infinity, but clients cannot use them.
    if (!Number.isFinite(value)) complaints.push(`${at} is ${value}`)
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      if (Array.isArray(element)) complaints.push(`${at} is a list with lists`)
      else checkValue(element, `${at}/${index}`, depth + 1, complaints)
    }
  } else if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    checkMap(value, at, depth + 1, complaints)
  } else complaints.push(`${at} is ${typeof value}`)
}

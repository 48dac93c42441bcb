/**
 * The size of a document in bytes, as Firestore counts it: a map counts as a document does.
 * https://firebase.google.com/docs/firestore/storage-size, 2026-11.
 */
export function documentBytes(document: Record<string, unknown>, path: string): number {
  const nameBytes = path.split('/').reduce((sum, segment) => sum + textBytes(segment), 16)
  return nameBytes + mapBytes(document)
}

function mapBytes(map: object): number {
  return Object.entries(map).reduce((sum, [name, value]) => sum + textBytes(name) + valueBytes(value), 32)
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value)
  if (typeof value === 'number' || value instanceof Date) return 8
  if (Array.isArray(value)) return value.reduce((sum: number, element) => sum + valueBytes(element), 0)
  return typeof value === 'object' && value !== null ? mapBytes(value) : 1
}

function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1
}

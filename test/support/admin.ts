import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { BUCKET, emulator, PROJECT } from './app.ts'

/* With this token the emulators accept a request as one of a server: no rules apply. */
const headers = { authorization: 'Bearer owner' }

/** The number of annotations of a user. */
export async function documentCount(uid: string): Promise<number> {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const response = await fetch(`${url}/v1/projects/${PROJECT}/databases/(default)/documents:runQuery`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      structuredQuery: {
        from: [{ collectionId: 'images' }],
        where: {
          fieldFilter: { field: { fieldPath: 'owner' }, op: 'EQUAL', value: { stringValue: uid } },
        },
      },
    }),
  })
  const found = (await response.json()) as { document?: object }[]
  return found.filter(({ document }) => document !== undefined).length
}

/** The names of all result files of a photo. */
export async function resultNames(uid: string, path: string): Promise<string[]> {
  const { url } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  const prefix = encodeURIComponent(`users/${uid}/annotations/${imageIdOf(BUCKET, path)}/`)
  const response = await fetch(`${url}/storage/v1/b/${BUCKET}/o?prefix=${prefix}`, { headers })
  const { items = [] } = (await response.json()) as { items?: { name: string }[] }
  return items.map(({ name }) => name)
}

/** Uploads as a server: no rules apply. */
export async function uploadAsAdmin(
  path: string,
  bytes: Uint8Array,
  contentType = 'image/jpeg',
): Promise<string> {
  const { url } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  const target = `${url}/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${encodeURIComponent(path)}`
  const response = await fetch(target, {
    method: 'POST',
    headers: { ...headers, 'content-type': contentType },
    body: new Uint8Array(bytes),
  })
  if (!response.ok) throw new Error(`The upload answered ${response.status}: ${await response.text()}`)
  return path
}

/** Whether a file exists. */
export async function isStored(path: string): Promise<boolean> {
  const { url } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  const response = await fetch(`${url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(path)}`, { headers })
  return response.ok
}

/** Removes a field of an annotation, as if functions of an older version had written it. */
export async function removeField(imageId: string, field: string): Promise<void> {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const document = `${url}/v1/projects/${PROJECT}/databases/(default)/documents/images/${imageId}`
  const response = await fetch(`${document}?updateMask.fieldPaths=${field}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ fields: {} }),
  })
  if (!response.ok) throw new Error(`The change answered ${response.status}: ${await response.text()}`)
}

/** Writes annotations that look as if the functions had made them. Their files do not exist. */
export async function writeAnnotations(
  photos: readonly { imageId: string; annotation: object }[],
): Promise<void> {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const database = `projects/${PROJECT}/databases/(default)`
  const response = await fetch(`${url}/v1/${database}/documents:commit`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      writes: photos.map(({ imageId, annotation }) => ({
        update: { name: `${database}/documents/images/${imageId}`, fields: fieldsOf(annotation) },
      })),
    }),
  })
  if (!response.ok) throw new Error(`The write answered ${response.status}: ${await response.text()}`)
}

function fieldsOf(object: object): Record<string, unknown> {
  const given = Object.entries(object).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([key, value]) => [key, valueOf(value)]))
}

/** https://cloud.google.com/firestore/docs/reference/rest/v1/Value, read 2026-11-30 */
function valueOf(value: unknown): object {
  if (value === null) return { nullValue: null }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { booleanValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { integerValue: String(value) } : { doubleValue: value }
  if (value instanceof Date) return { timestampValue: value.toISOString() }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } }
  return { mapValue: { fields: fieldsOf(value as object) } }
}

/** The bytes of a file. */
export async function downloadAsAdmin(path: string): Promise<Buffer> {
  const { url } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  const response = await fetch(`${url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(path)}?alt=media`, {
    headers,
  })
  if (!response.ok) throw new Error(`The download answered ${response.status}: ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer())
}

type Value = Record<string, unknown>

/** The document of a photo, with dates as `Date`. */
export async function readDocument(imageId: string): Promise<unknown> {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const document = `${url}/v1/projects/${PROJECT}/databases/(default)/documents/images/${imageId}`
  const response = await fetch(document, { headers })
  if (!response.ok) throw new Error(`The document answered ${response.status}: ${await response.text()}`)
  const { fields } = (await response.json()) as { fields: Record<string, Value> }
  return plainFields(fields)
}

function plainFields(fields: Record<string, Value> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]))
}

/** https://firebase.google.com/docs/firestore/reference/rest/Shared.Types/ArrayOrValue#Value, 2026-11 */
function plain(value: Value): unknown {
  const [[type, content] = []] = Object.entries(value)
  if (type === 'mapValue') return plainFields((content as { fields?: Record<string, Value> }).fields)
  if (type === 'arrayValue') return ((content as { values?: Value[] }).values ?? []).map(plain)
  if (type === 'integerValue' || type === 'doubleValue') return Number(content)
  return type === 'timestampValue' ? new Date(content as string) : content
}

import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { BUCKET, emulator, PROJECT } from './app.ts'

/* What only a server may do: the emulators take this token for one, past all rules. */
const headers = { authorization: 'Bearer owner' }

/** Annotations of a user. */
export async function documentCount(uid: string): Promise<number> {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const documents = `${url}/v1/projects/${PROJECT}/databases/(default)/documents/images?pageSize=300`
  const response = await fetch(documents, { headers })
  const { documents: found = [] } = (await response.json()) as {
    documents?: { fields: { owner: { stringValue: string } } }[]
  }
  return found.filter(({ fields }) => fields.owner.stringValue === uid).length
}

/** Names of all results of a photo. */
export async function resultNames(uid: string, path: string): Promise<string[]> {
  const { url } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  const prefix = encodeURIComponent(`users/${uid}/annotations/${imageIdOf(BUCKET, path)}/`)
  const response = await fetch(`${url}/storage/v1/b/${BUCKET}/o?prefix=${prefix}`, { headers })
  const { items = [] } = (await response.json()) as { items?: { name: string }[] }
  return items.map(({ name }) => name)
}

/** Uploads without asking the rules. */
export async function uploadAsAdmin(path: string, bytes: Uint8Array): Promise<string> {
  const { url } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  const target = `${url}/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${encodeURIComponent(path)}`
  const response = await fetch(target, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'image/jpeg' },
    body: new Uint8Array(bytes),
  })
  if (!response.ok) throw new Error(`The upload answered ${response.status}: ${await response.text()}`)
  return path
}

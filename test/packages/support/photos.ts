import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { projectId } from '../../../tools/paths.ts'
import { address, type Ports } from '../../../tools/ports.ts'

/** With this token the emulators accept a request as one of a server: no rules apply. */
const headers = { authorization: 'Bearer owner' }
/** A function instance may have to start first, on a busy machine. */
const PATIENCE_MS = 120_000

type Value = { stringValue?: string; arrayValue?: { values?: unknown[] } }

/** Uploads a photo as a server does. */
export async function uploadPhoto(
  ports: Ports,
  bucket: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const url = new URL(`http://${address(ports.storage)}/upload/storage/v1/b/${bucket}/o`)
  url.search = String(new URLSearchParams({ uploadType: 'media', name }))
  const body = new Blob([bytes.slice()])
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'image/png' },
    body,
  })
  if (!response.ok)
    throw new Error(`Cannot upload ${name} to ${bucket}: ${response.status} ${await response.text()}`)
}

/** The status of a photo's annotation. Undefined: there is no document. */
export async function statusOf(ports: Ports, bucket: string, name: string): Promise<string | undefined> {
  const response = await fetch(documentUrl(ports, bucket, name), { headers })
  if (response.status === 404) return undefined
  const { fields } = (await response.json()) as { fields: Record<string, Value> }
  return fields.status?.stringValue
}

/** The status once the photo is no longer processed. Undefined: no document appeared in time. */
export async function finalStatus(ports: Ports, bucket: string, name: string): Promise<string | undefined> {
  const until = Date.now() + PATIENCE_MS
  let status: string | undefined
  while (Date.now() < until) {
    status = await statusOf(ports, bucket, name)
    if (status !== undefined && status !== 'processing') return status
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return status
}

/** The field `file` of each document of a collection, and how many labels the document has. */
export async function copiesIn(
  ports: Ports,
  collection: string,
): Promise<{ file: string | undefined; labels: number }[]> {
  const response = await fetch(`${documentsUrl(ports)}/${collection}`, { headers })
  const { documents = [] } = (await response.json()) as { documents?: { fields: Record<string, Value> }[] }
  return documents.map(({ fields: { file, labels } }) => ({
    file: file?.stringValue,
    labels: labels?.arrayValue?.values?.length ?? 0,
  }))
}

/** The ids of the documents in a collection. */
export async function idsIn(ports: Ports, collection: string): Promise<string[]> {
  const response = await fetch(`${documentsUrl(ports)}/${collection}`, { headers })
  const { documents = [] } = (await response.json()) as { documents?: { name: string }[] }
  return documents.map(({ name }) => name.replace(/.*\//, ''))
}

/** Marks a photo as deferred and due, so that the next sweep queues it again. */
export async function deferPhoto(ports: Ports, bucket: string, name: string): Promise<void> {
  const url = new URL(documentUrl(ports, bucket, name))
  for (const field of ['status', 'dueAt']) url.searchParams.append('updateMask.fieldPaths', field)
  const dueAt = { timestampValue: new Date(Date.now() - 60_000).toISOString() }
  const body = JSON.stringify({ fields: { status: { stringValue: 'deferred' }, dueAt } })
  const response = await fetch(url, { method: 'PATCH', headers, body })
  if (!response.ok) throw new Error(`Cannot defer ${name}: ${response.status} ${await response.text()}`)
}

function documentUrl(ports: Ports, bucket: string, name: string): string {
  return `${documentsUrl(ports)}/images/${imageIdOf(bucket, name)}`
}

function documentsUrl(ports: Ports): string {
  return `http://${address(ports.firestore)}/v1/projects/${projectId}/databases/(default)/documents`
}

/** Calls a function as an operator, with an unsigned token, which the emulators accept. */
export async function callAsOperator(
  ports: Ports,
  region: string,
  name: string,
  data: object,
): Promise<unknown> {
  const claims = {
    sub: 'operator',
    user_id: 'operator',
    aud: projectId,
    iss: `https://securetoken.google.com/${projectId}`,
    auth_time: Math.ceil(Date.now() / 1000),
    firesightOperator: true,
  }
  const token = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  await createOperator(ports)
  const response = await fetch(`http://${address(ports.functions)}/${projectId}/${region}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.join('.')}.` },
    body: JSON.stringify({ data }),
  })
  const { result, error } = (await response.json()) as { result?: unknown; error?: unknown }
  if (error !== undefined) throw new Error(`${name} answered ${response.status}: ${JSON.stringify(error)}`)
  return result
}

/**
 * The functions read the claims of the account, not those of the token. A second call changes nothing.
 * https://docs.cloud.google.com/identity-platform/docs/reference/rest/v1/projects.accounts/batchCreate, 2026-11
 */
async function createOperator(ports: Ports): Promise<void> {
  const accounts = `identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts`
  const users = [{ localId: 'operator', customAttributes: JSON.stringify({ firesightOperator: true }) }]
  const response = await fetch(`http://${address(ports.auth)}/${accounts}:batchCreate`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ users, allowOverwrite: true }),
  })
  if (!response.ok) throw new Error(`Cannot create an operator: ${response.status} ${await response.text()}`)
}

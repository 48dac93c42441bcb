import { randomUUID } from 'node:crypto'
import { STATE_COLLECTIONS } from '../../../functions/src/document/state-collections.ts'
import { CannotCheck, type Finding } from '../finding.ts'

/** A request, and the status that the rules must give it. No request changes data. */
type Attempt = { name: string; url: string; init?: RequestInit; expected: number }

const json = { 'content-type': 'application/json' }
const as = (token: string) => ({ authorization: `Bearer ${token}` })
const asStorage = (token: string) => ({ authorization: `Firebase ${token}` })

/** Tests the rules with requests, because the emulator does not expose their text. */
export async function checkFirestoreRules(host: string, project: string): Promise<Omit<Finding, 'check'>[]> {
  const id = `doctor-${randomUUID()}`
  const documents = `http://${host}/v1/projects/${project}/databases/(default)/documents`
  const owner = tokenOf(id, project)
  const body = JSON.stringify({ fields: { owner: { stringValue: id } } })
  const change = { method: 'PATCH', body }
  return judge('firestore.rules', [
    { name: 'document read without sign-in', url: `${documents}/images/${id}`, expected: 403 },
    {
      name: 'document written without sign-in',
      url: `${documents}/images/${id}`,
      init: { ...change, headers: json },
      expected: 403,
    },
    // Clients watch a document before it exists, so this must be allowed.
    {
      name: 'missing document read by its future owner',
      url: `${documents}/images/${id}`,
      init: { headers: as(owner) },
      expected: 404,
    },
    {
      name: 'document written by its owner',
      url: `${documents}/images/${id}`,
      init: { ...change, headers: { ...json, ...as(owner) } },
      expected: 403,
    },
    {
      name: 'quota read by its user',
      url: `${documents}/${STATE_COLLECTIONS.quotas}/${id}`,
      init: { headers: as(owner) },
      expected: 403,
    },
  ])
}

export async function checkStorageRules(
  host: string,
  project: string,
  bucket: string,
): Promise<Omit<Finding, 'check'>[]> {
  const id = `doctor-${randomUUID()}`
  const objects = `http://${host}/v0/b/${bucket}/o`
  const upload = encodeURIComponent(`users/${id}/uploads/photo.jpg`)
  const result = encodeURIComponent(`users/${id}/annotations/any/1/overlay.png`)
  const owner = asStorage(tokenOf(id, project))
  const otherUser = asStorage(tokenOf(`${id}-other`, project))
  const write = { method: 'POST', body: 'not an image', headers: { 'content-type': 'image/png' } }
  return judge('storage.rules', [
    { name: 'upload read without sign-in', url: `${objects}/${upload}`, expected: 403 },
    {
      name: 'upload read by another user',
      url: `${objects}/${upload}`,
      init: { headers: otherUser },
      expected: 403,
    },
    {
      name: 'upload read by its owner',
      url: `${objects}/${upload}`,
      init: { headers: owner },
      expected: 404,
    },
    { name: 'upload written without sign-in', url: `${objects}?name=${upload}`, init: write, expected: 403 },
    {
      name: 'result read by its owner',
      url: `${objects}/${result}`,
      init: { headers: owner },
      expected: 404,
    },
    {
      name: 'result written by its owner',
      url: `${objects}?name=${result}`,
      init: { ...write, headers: { ...write.headers, ...owner } },
      expected: 403,
    },
  ])
}

async function judge(file: string, attempts: Attempt[]): Promise<Omit<Finding, 'check'>[]> {
  const results = await Promise.all(
    attempts.map(async ({ name, url, init, expected }) => ({
      name,
      expected,
      status: await statusOf(url, init),
    })),
  )
  const wrong = results.filter(({ status, expected }) => status !== expected)
  if (wrong.length === 0) return [{ state: 'ok', found: `${results.length} test requests match ${file}` }]
  return [
    {
      state: 'problem',
      found: wrong.map(({ name, status, expected }) => `${name}: ${status}, not ${expected}`).join('; '),
      expected: `the rules of ${file}`,
      command: 'npm start   # starts the emulators with the rules of this repository',
    },
  ]
}

/** The token of a user. The emulators do not verify signatures. */
function tokenOf(uid: string, project: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: `https://securetoken.google.com/${project}`,
    aud: project,
    sub: uid,
    user_id: uid,
    iat: now,
    exp: now + 600,
    auth_time: now,
    firebase: { sign_in_provider: 'custom', identities: {} },
  }
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) })
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    throw new CannotCheck(`${new URL(url).host} does not respond`, { cause: error })
  }
}

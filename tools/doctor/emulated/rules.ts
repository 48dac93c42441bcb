import { randomUUID } from 'node:crypto'
import type { Finding } from '../finding.ts'
import { statusOf, tokenOf } from './ask.ts'

/** What somebody tries, and what the rules must make of it. Nothing of it leaves anything behind. */
type Attempt = { what: string; url: string; init?: RequestInit; expected: number }

const json = { 'content-type': 'application/json' }
const as = (token: string) => ({ authorization: `Bearer ${token}` })
const asStorage = (token: string) => ({ authorization: `Firebase ${token}` })

/** The emulator does not give the rules' text, so they are judged by what they do. */
export async function checkFirestoreRules(host: string, project: string): Promise<Omit<Finding, 'check'>[]> {
  const id = `doctor-${randomUUID()}`
  const documents = `http://${host}/v1/projects/${project}/databases/(default)/documents`
  const owner = tokenOf(id, project)
  const body = JSON.stringify({ fields: { owner: { stringValue: id } } })
  const change = { method: 'PATCH', body }
  return judge('firestore.rules', [
    { what: 'read by nobody', url: `${documents}/images/${id}`, expected: 403 },
    {
      what: 'written by nobody',
      url: `${documents}/images/${id}`,
      init: { ...change, headers: json },
      expected: 403,
    },
    // Clients watch a document before there is one: allowed, and not found.
    {
      what: 'read by its owner-to-be',
      url: `${documents}/images/${id}`,
      init: { headers: as(owner) },
      expected: 404,
    },
    {
      what: 'written by its owner',
      url: `${documents}/images/${id}`,
      init: { ...change, headers: { ...json, ...as(owner) } },
      expected: 403,
    },
    {
      what: 'quotas, read by their user',
      url: `${documents}/quotas/${id}`,
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
  const stranger = asStorage(tokenOf(`${id}-stranger`, project))
  const write = { method: 'POST', body: 'no picture', headers: { 'content-type': 'image/png' } }
  return judge('storage.rules', [
    { what: 'upload read by nobody', url: `${objects}/${upload}`, expected: 403 },
    {
      what: 'upload read by a stranger',
      url: `${objects}/${upload}`,
      init: { headers: stranger },
      expected: 403,
    },
    {
      what: 'upload read by its owner',
      url: `${objects}/${upload}`,
      init: { headers: owner },
      expected: 404,
    },
    { what: 'upload written by nobody', url: `${objects}?name=${upload}`, init: write, expected: 403 },
    {
      what: 'result read by its owner',
      url: `${objects}/${result}`,
      init: { headers: owner },
      expected: 404,
    },
    {
      what: 'result written by its owner',
      url: `${objects}?name=${result}`,
      init: { ...write, headers: { ...write.headers, ...owner } },
      expected: 403,
    },
  ])
}

async function judge(file: string, attempts: Attempt[]): Promise<Omit<Finding, 'check'>[]> {
  const seen = await Promise.all(
    attempts.map(async ({ what, url, init, expected }) => ({
      what,
      expected,
      status: await statusOf(url, init),
    })),
  )
  const wrong = seen.filter(({ status, expected }) => status !== expected)
  if (wrong.length === 0)
    return [{ state: 'ok', found: `${seen.length} attempts allowed or refused as ${file} says` }]
  return [
    {
      state: 'mend',
      found: wrong.map(({ what, status, expected }) => `${what}: ${status}, not ${expected}`).join('; '),
      right: `the rules of ${file}`,
      command: 'npm start   # starts the emulators with the rules of this checkout',
    },
  ]
}

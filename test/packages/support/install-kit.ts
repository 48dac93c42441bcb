// Runs the function behind `firebase functions:kits:install`, which has no login, and answers its questions:
//   node install-kit.ts <request as JSON>
// Prints { questions, report, requests, error? } as JSON in the last line. The CLI's calls to Google go to a
// server on loopback, with answers as in Google's reference of each API.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

export type KitRequest = {
  project: string
  projectId: string
  package?: string
  directory?: string
  instanceId?: string
  nonInteractive?: boolean
  /** Answers by a part of the question. All other questions get their default. */
  answers?: Record<string, string | boolean>
  buckets: string[]
}

export type Question = { kind: string; message: string; default?: unknown; choices?: string[] }

export type KitInstallation = {
  questions: Question[]
  /** The lines that the CLI prints. */
  report: string[]
  /** The CLI's requests to Google, for example `GET /v1/projects/x/secrets/y`. */
  requests: string[]
  error?: string
}

type Options = { message: string; default?: unknown; choices?: { name?: string; value?: unknown }[] }

const request: KitRequest = JSON.parse(process.argv[2] ?? '{}')
const found: KitInstallation = { questions: [], report: [], requests: [] }

/** Sources: the REST references of Firebase, Cloud Storage, Secret Manager and IAM, 2026-11. */
function googleAnswer(method: string, path: string): [status: number, body: object] {
  const project = `/v1/projects/${request.projectId}`
  if (path === `/v1beta1/projects/${request.projectId}/adminSdkConfig`)
    return [200, { projectId: request.projectId, storageBucket: request.buckets[0] }]
  if (path.startsWith('/storage/v1/b')) return [200, { items: request.buckets.map((name) => ({ name })) }]
  if (method === 'POST' && path.startsWith(`${project}/secrets?secretId=`))
    return [200, { name: `projects/${request.projectId}/secrets/${path.split('secretId=')[1]}` }]
  if (method === 'POST' && path.endsWith(':addVersion'))
    return [200, { name: `${path.slice('/v1/'.length, -':addVersion'.length)}/versions/1`, state: 'ENABLED' }]
  return [404, { error: { code: 404, status: 'NOT_FOUND', message: `${path} was not found.` } }]
}

const google = createServer((incoming, response) => {
  const [method = 'GET', path = '/'] = [incoming.method, incoming.url]
  found.requests.push(`${method} ${path}`)
  const [status, body] = googleAnswer(method, path)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
await new Promise<void>((resolve) => google.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(google.address() as AddressInfo).port}`
// The CLI reads the addresses when it loads.
const services = ['FIREBASE_API_URL', 'FIREBASE_STORAGE_URL', 'CLOUD_SECRET_MANAGER_URL', 'FIREBASE_IAM_URL']
for (const name of services) process.env[name] = url

const require = createRequire(import.meta.url)
const prompt: Record<string, unknown> = require('firebase-tools/lib/prompt.js')
const { Config } = require('firebase-tools/lib/config.js') as {
  Config: { load: (options: object) => object }
}
const { logger } = require('firebase-tools/lib/logger.js') as { logger: Record<string, unknown> }
const { installKitOrInstance } = require('firebase-tools/lib/functions/kits/install.js') as {
  installKitOrInstance: (options: object) => Promise<object>
}
for (const level of ['info', 'warn', 'error']) {
  // firebase-tools has no terminal here.
  logger[level] = (...parts: unknown[]) => found.report.push(parts.map(String).join(' '))
}

/** Records a question, and returns the given answer or the default, as Enter does. */
function ask(kind: string) {
  return async ({ message, default: preset, choices }: Options): Promise<unknown> => {
    const names = choices?.map(({ name, value }) => name ?? String(value))
    found.questions.push({ kind, message, default: preset, ...(names && { choices: names }) })
    const given = Object.entries(request.answers ?? {}).find(([part]) => message.includes(part))
    if (given) return given[1]
    if (kind === 'select') return preset ?? choices?.[0]?.value
    if (preset === undefined) throw new Error(`The test has no answer to "${message}"`)
    return preset
  }
}
if (!request.nonInteractive)
  for (const kind of ['input', 'confirm', 'select', 'checkbox', 'password', 'number'])
    prompt[kind] = ask(kind)

try {
  const { project, projectId, buckets: _, answers: __, ...options } = request
  const config = Config.load({ cwd: project, projectDir: project, projectRoot: project })
  await installKitOrInstance({ ...options, config, project: projectId, projectId })
} catch (error) {
  found.error = error instanceof Error ? error.message : String(error)
}
console.log(`\n${JSON.stringify(found)}`)
process.exit(0)

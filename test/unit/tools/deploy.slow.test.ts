/* The command against local copies of Google's services. deploy.test.ts covers the steps. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { APIS, putApis, putReadyProject } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'
import { runNode } from '../../support/run-node.ts'

const root = join(import.meta.dirname, '../../..')
const server = useGoogleServer()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'))
  const example = readFileSync(join(root, 'functions/.env.example'), 'utf8')
  writeFileSync(join(folder, '.env'), example.replace(/^FUNCTIONS_REGION=.*\n/m, ''))
  writeFileSync(join(folder, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('npm run deploy -- --dry-run', { timeout: 60_000 }, () => {
  const dryRun = (...args: string[]) =>
    runNode(['tools/deploy.ts', '--dry-run', '--project', 'photo-album', '--parameters', folder, ...args], {
      FIRESIGHT_GOOGLE_APIS: `${server.url()}/{service}`,
    })

  /** Requests that change nothing although they are POST. */
  const readOnly = /:(testIamPermissions|getIamPolicy)$/

  test('prints every check and every step of a ready project, and changes nothing', async () => {
    putReadyProject(server)
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const { code, out } = await dryRun()
    for (const check of [
      'project',
      'billing plan',
      'APIs',
      'permissions',
      'upload bucket',
      'Firestore database',
      'sign-in',
      'web app',
    ])
      expect(out).toMatch(new RegExp(` ok {2}${check} `))
    for (const check of ['settings', 'functions', 'Firestore rules', 'Storage rules'])
      expect(out).toMatch(new RegExp(` -> {2}${check} `))
    const steps = ['build', 'settings', 'rules', 'indexes', 'functions', 'role for tasks', 'hosting', 'page']
    const printed = Array.from(out.matchAll(/^ +\d+\. ([\w ]+):/gm), ([, name]) => name)
    expect(printed).toEqual(steps)
    expect(out).toContain('This was a dry run: nothing was changed.')
    expect(server.sent.filter(({ path }) => !readOnly.test(path))).toEqual([])
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(files)
    expect(code).toBe(0)
  })

  test('prints what an empty project lacks, and exits with 1', async () => {
    putReadyProject(server)
    putApis(server, APIS.slice(0, 3))
    server.put('firebase/v1beta1/projects/photo-album/adminSdkConfig', { projectId: 'photo-album' })
    server.put('cloudbilling/v1/projects/photo-album/billingInfo', { projectId: 'photo-album' })
    const { code, out } = await dryRun()
    expect(out).toMatch(/FIX {2}billing plan .*Spark/)
    expect(out).toMatch(/ -> {2}APIs +14 are not enabled/)
    expect(out).toMatch(/FIX {2}upload bucket +the project has no default bucket/)
    expect(out).toMatch(/FIX {2}Firestore database .*--firestore-location is not set/)
    expect(out).toMatch(/ \? {2}sign-in +cannot be read before identitytoolkit/)
    expect(out).toContain('3 to fix')
    expect(server.sent.filter(({ path }) => !readOnly.test(path))).toEqual([])
    expect(code).toBe(1)
  })

  test('with Vertex AI, needs its API and its role, and no key', async () => {
    putReadyProject(server)
    server.fail(
      `secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest`,
      404,
      'Not found.',
    )
    writeFileSync(join(folder, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\nGEMINI_PROVIDER=vertex-ai\n')
    const { code, out } = await dryRun()
    expect(out).toMatch(/enables aiplatform\.googleapis\.com, before/)
    expect(out).toMatch(/creates a service account, and grants .*roles\/aiplatform\.user/)
    expect(out).not.toContain('GEMINI_API_KEY')
    expect(code).toBe(0)
  })

  test('refuses unknown parts', async () => {
    const { code, out } = await dryRun('--only', 'rules,extensions')
    expect(out).toContain('--only has extensions')
    expect(code).toBe(2)
  })
})

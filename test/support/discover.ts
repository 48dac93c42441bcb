import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The part of a manifest that tests read. https://github.com/firebase/firebase-functions, 7.4.0 */
export type Manifest = {
  endpoints: Record<string, Record<string, unknown>>
  params: { name: string; type: string; label?: string; default?: unknown; description?: string }[]
  requiredAPIs: { api: string; reason: string }[]
  requiredRoles?: string[]
  lifecycleHooks?: unknown
}

const root = join(import.meta.dirname, '../..')
export const BUCKET = 'demo-firesight.appspot.com'

/**
 * The manifest that the Firebase CLI discovers in a codebase that re-exports the functions.
 * @param before lines before the re-export, as the wrapper of a kit has them
 * @throws Error with the output if the discovery fails
 */
export async function discover(
  environment: Record<string, string> = {},
  before: readonly string[] = [],
): Promise<Manifest> {
  const folder = await mkdtemp(join(tmpdir(), 'discover-'))
  const requireFrom = `require('node:module').createRequire(${JSON.stringify(join(root, 'package.json'))})`
  try {
    await writeFile(join(folder, 'package.json'), '{ "main": "index.js" }')
    const entry = JSON.stringify(join(root, 'functions/src/index.ts'))
    await writeFile(
      join(folder, 'index.js'),
      [
        `const { setGlobalOptions } = ${requireFrom}('firebase-functions/options')`,
        `const { defineString } = ${requireFrom}('firebase-functions/params')`,
        ...before,
        `Object.assign(exports, require(${entry}))`,
      ].join('\n'),
    )
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/.bin/firebase-functions'), '.'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        FUNCTIONS_CONTROL_API: 'true',
        FUNCTIONS_MANIFEST_OUTPUT_PATH: join(folder, 'manifest.json'),
        GCLOUD_PROJECT: 'demo-firesight',
        FIREBASE_CONFIG: JSON.stringify({ projectId: 'demo-firesight', storageBucket: BUCKET }),
        ...environment,
      },
    })
    return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest
  } finally {
    await rm(folder, { recursive: true })
  }
}

import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'

export type LoadedEntry = {
  /** Each exported function with its endpoint manifest, without those that the settings leave undefined. */
  endpoints: Record<string, unknown>
  /** The file URLs of all modules that importing the entry loads, without Node's own. */
  modules: string[]
}

const script = `
  import { registerHooks } from 'node:module'
  const modules = new Set()
  registerHooks({ load: (url, context, next) => { modules.add(url); return next(url, context) } })
  const entry = await import(process.argv[1])
  const endpoints = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined).map(([name, { __endpoint }]) => [name, __endpoint ?? null]))
  console.log(JSON.stringify({ endpoints, modules: [...modules].filter((url) => url.startsWith('file:')) }))
`

/**
 * Imports an entry of the functions in a process of its own, as firebase-tools and the Functions Framework
 * do.
 */
export function loadEntry(file: string): LoadedEntry {
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', script, pathToFileURL(file).href],
    { encoding: 'utf8', env: { ...process.env, FIREBASE_CONFIG: '{"storageBucket":"demo.appspot.com"}' } },
  )
  return JSON.parse(output)
}

/** The package that a module belongs to, if any. */
export function packageOf(path: string): string | undefined {
  return /.*[/\\]?node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(path)?.[1]
}

/**
 * Packages that load slowly or that only some functions need. They load with the first event that needs them.
 * firebase-admin is not among them: declaring a callable loads its app, its token verifiers and
 * google-auth-library.
 */
export const HEAVY = [
  '@google-cloud/firestore',
  '@google-cloud/storage',
  '@google/genai',
  '@grpc/grpc-js',
  'google-gax',
  'jsonrepair',
  'libheif-js',
  'request-filtering-agent',
  'sharp',
  'zod',
]

import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'

export type LoadedEntry = {
  /** Each exported function with what firebase-tools is told of it. */
  endpoints: Record<string, unknown>
  /** The file URL of every module that importing the entry has loaded, without Node's own. */
  modules: string[]
}

const script = `
  import { registerHooks } from 'node:module'
  const modules = new Set()
  registerHooks({ load: (url, context, next) => { modules.add(url); return next(url, context) } })
  const entry = await import(process.argv[1])
  const endpoints = Object.fromEntries(Object.entries(entry).map(([name, { __endpoint }]) => [name, __endpoint ?? null]))
  console.log(JSON.stringify({ endpoints, modules: [...modules].filter((url) => url.startsWith('file:')) }))
`

/** Imports an entry of the functions in a process of its own, as firebase-tools and the Functions Framework do. */
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

/** Packages that take long to load, or that one function needs and another does not: they load with the first event that needs them. */
export const HEAVY = [
  '@google-cloud/firestore',
  '@google-cloud/storage',
  '@google/genai',
  '@grpc/grpc-js',
  'firebase-admin', // Comes with firebase-functions' root and some of its providers.
  'google-auth-library',
  'google-gax',
  'heic-decode',
  'jsonrepair',
  'libheif-js',
  'request-filtering-agent',
  'sharp',
  'zod',
]

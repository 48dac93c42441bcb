import { spawnSync } from 'node:child_process'
import { globSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleFunctions } from '../tools/bundle.ts'
import { cache, root } from '../tools/paths.ts'
import { prepareColdPhoto } from './cold-photo.ts'
import { compileFunctions } from './compile-functions.ts'
import { loadData } from './data/data.ts'
import { FULL } from './plan.ts'

/** The samples by round. Each round measures each case once. */
type ColdStart = { id: string; unit: 'ms'; samples: number[] }

export const FIRST_PHOTO = 'imports that the first photo waits for before its model request'
const ours = 'our functions'
const firebase = 'firebase-functions + firebase-admin'

/**
 * Measures the duration of imports in a new process: those before an instance can handle events (`our
 * functions`), those including lazily loaded modules, those of the Firebase packages alone, and those that the
 * first photo waits for. Excludes the
 * start of Node. The files are in the page cache.
 */
export async function measureColdStart(jpeg: Buffer, rounds = 15): Promise<ColdStart[]> {
  const folder = join(cache, `cold-start-${process.pid}`)
  try {
    const cases = await prepare(folder, jpeg)
    const measured = [...cases.keys()].map((id): ColdStart => ({ id, unit: 'ms', samples: [] }))
    // Round 0 fills the page cache and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const start = Math.floor(Math.random() * measured.length)
      for (const { id, samples } of [...measured.slice(start), ...measured.slice(0, start)]) {
        const sample = cases.get(id)!()
        if (round > 0) samples.push(sample)
      }
    }
    return measured
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The measurement of each case. */
async function prepare(folder: string, jpeg: Buffer): Promise<Map<string, () => number>> {
  const [bundle, plain] = [join(folder, 'dist'), join(folder, 'lib')]
  const metafile = await bundleFunctions(bundle)
  compileFunctions(plain)
  const all = (of: string) =>
    globSync('**/*.js', { cwd: of, exclude: ['**/heic-worker.js'] }).map((file) => join(of, file))
  const fromPackages = [
    'firebase-admin/app',
    'firebase-admin/firestore',
    '@google-cloud/storage',
    '@google/genai',
    'sharp',
  ]
  /** The modules that each case imports, in this order. */
  const imports = new Map([
    [ours, [join(bundle, 'index.js')]],
    [`${ours}, not bundled`, [join(plain, 'index.js')]],
    [firebase, ['firebase-functions', 'firebase-admin']],
    [`${ours} and all they load later`, [join(bundle, 'index.js'), ...all(bundle)]],
    [
      `${ours} and all they load later, not bundled`,
      [join(plain, 'index.js'), ...all(plain), ...fromPackages],
    ],
  ])
  const cases = new Map([...imports].map(([id, modules]) => [id, () => importInFreshProcess(modules)]))
  return cases.set(FIRST_PHOTO, prepareColdPhoto(bundle, metafile, all(bundle), jpeg))
}

/** @returns milliseconds */
function importInFreshProcess(modules: string[]): number {
  const specifiers = modules.map((module) => (module.startsWith(root) ? pathToFileURL(module).href : module))
  const script = `
    const start = performance.now()
    for (const specifier of ${JSON.stringify(specifiers)}) await import(specifier)
    process.stdout.write(String(performance.now() - start))`
  // Runs in functions/, so that packages resolve as for the functions.
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(root, 'functions'),
    encoding: 'utf8',
    env: {
      ...process.env,
      FIREBASE_CONFIG: '{"storageBucket":"demo.appspot.com"}',
      NODE_COMPILE_CACHE: undefined,
    },
  })
  const time = Number.parseFloat(stdout)
  if (!Number.isFinite(time)) throw new Error(`Cannot measure ${modules[0]}:\n${stderr}`)
  return time
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  const measured = await measureColdStart(loadData(FULL).photo(FULL.sizes[1]).jpeg)
  const baseline = measured.find(({ id }) => id === firebase)!.samples
  const middle = (samples: number[], share = 0.5) =>
    samples.toSorted((a, b) => a - b)[Math.round((samples.length - 1) * share)]!
  for (const { id, samples } of measured) {
    const [low, median, high] = [0.25, 0.5, 0.75].map((share) => middle(samples, share).toFixed(1))
    const ratio = middle(samples.map((sample, round) => sample / baseline[round]!)).toFixed(3)
    console.log(`${id.padEnd(52)} ${median} ms (quartiles ${low} to ${high}), ${ratio} x ${firebase}`)
  }
}

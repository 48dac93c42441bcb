// `npm run bench:memory`: the peak resident memory of one instance that annotates 16 photos of the largest size
// at the same time, as Markdown. Ends with code 1 above the limit. Linux only. docs/performance.md
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PHOTO_FUNCTION } from '../functions/src/config/photo-function.ts'
import { cache, root } from '../tools/paths.ts'
import { largePhotos } from './album/large-photos.ts'
import { startSlowModel } from './album/slow-model.ts'
import { compileFunctions } from './compile-functions.ts'

/** Of the 2 GiB of an instance. */
const LIMIT_MEBIBYTES = 1.6 * 1024
/**
 * The heap limit that the Node.js buildpack of Google Cloud sets: 80 % of the memory.
 * https://github.com/GoogleCloudPlatform/buildpacks/blob/main/cmd/nodejs/runtime/exec/heapsize.sh, 2026-11
 */
const HEAP_MEBIBYTES = Math.floor(2048 * 0.8)

type Result = { idle: number; peak: number; seconds: number; succeeded: number }

const execute = promisify(execFile)
const folder = join(cache, 'bench', 'album-memory')
const compiled = join(folder, 'functions')
mkdirSync(folder, { recursive: true })
compileFunctions(compiled)
// The versions of packages that the functions have.
rmSync(join(folder, 'node_modules'), { force: true })
symlinkSync(join(root, 'functions/node_modules'), join(folder, 'node_modules'))
await using model = await startSlowModel(3000)
const row = (cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`)
row([`${PHOTO_FUNCTION.concurrency} photos at once`, 'bytes each', 'peak, MiB', 'idle, MiB', 'seconds'])
row(['---', '---:', '---:', '---:', '---:'])
const only = process.argv[2]
for (const { name, make, contentType, parameters = {} } of largePhotos()) {
  if (only !== undefined && !name.includes(only)) continue
  const bytes = await make()
  const file = join(folder, 'photo')
  writeFileSync(file, bytes)
  const script = join(import.meta.dirname, 'children/album-memory.mjs')
  const args = [script, compiled, file, contentType, String(PHOTO_FUNCTION.concurrency), model.url]
  const { stdout } = await execute(process.execPath, [...args, JSON.stringify(parameters)], {
    // The functions' .env file sets the number of arenas.
    env: {
      ...process.env,
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MEBIBYTES}`,
      MALLOC_ARENA_MAX: '2',
    },
    maxBuffer: 2 ** 24,
  })
  const { peak, idle, seconds } = JSON.parse(stdout) as Result
  row([name, `${(bytes.length / 1e6).toFixed(1)} MB`, peak.toFixed(0), idle.toFixed(0), seconds.toFixed(0)])
  if (peak > LIMIT_MEBIBYTES) {
    console.error(`${name}: the limit is ${LIMIT_MEBIBYTES} MiB`)
    process.exitCode = 1
  }
}

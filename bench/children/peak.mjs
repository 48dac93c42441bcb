// `node bench/children/peak.mjs <work> <compiled functions> <answer> <width> <height>`: runs one task in a
// new process and prints its peak memory in MiB. Runs compiled code, as in production: type stripping in Node
// would increase the peak.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [work = '', compiled = '', answer = '', width, height] = process.argv.slice(2)
const image = { width: Number(width), height: Number(height) }

/** @type {Record<string, () => Promise<unknown>>} */
const works = {
  node: async () => {},
  sharp: () => import('sharp'),
  'empty-png': async () => {
    const { default: sharp } = await import('sharp')
    const pixels = Buffer.alloc(image.width * image.height * 4)
    await sharp(pixels, { raw: { ...image, channels: 4 } })
      .png()
      .toBuffer()
  },
  layer: () => drawLayer(false),
  'layer-and-masks': () => drawLayer(true),
}

/** Like ../parts/draw-layer.ts, with compiled code. @param {boolean} withMasks */
async function drawLayer(withMasks) {
  /** @type {typeof import('../../functions/src/tasks/locate/read-location.ts')} */
  const { readLocation } = await load('tasks/locate/read-location')
  /** @type {typeof import('../../functions/src/pipeline/annotate-objects.ts')} */
  const { annotateObjects } = await load('pipeline/annotate-objects')
  /** @type {typeof import('../../functions/src/masks/draw.ts')} */
  const { drawMask, drawOverlay } = await load('masks/draw')
  /** @type {typeof import('../../functions/src/masks/palette.ts')} */
  const { assignColours } = await load('masks/palette')
  const located = readLocation({ text: readFileSync(answer, 'utf8'), truncated: false }, 100)
  const { objects } = await annotateObjects(located, image)
  const masks = objects.map(({ mask }) => mask?.runs ?? null)
  const files = [await drawOverlay(masks, assignColours(objects.map(({ label }) => label)), image)]
  if (withMasks) for (const mask of masks) if (mask) files.push(await drawMask(mask))
}

/** @param {string} module */
function load(module) {
  return import(pathToFileURL(join(compiled, `${module}.js`)).href)
}

function peakMebibytes() {
  // On Linux, maxRSS of a child includes memory of the parent (shared between fork and exec). VmHWM starts at
  // exec.
  // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html, 2026-11
  if (process.platform === 'linux') {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kibibytes) return Number(kibibytes) / 1024
  }
  return process.resourceUsage().maxRSS / 1024
}

const run = works[work]
if (!run) throw new Error(`Unknown task "${work}", expected one of ${Object.keys(works).join(', ')}`)
await run()
process.stdout.write(`${peakMebibytes()}\n`)

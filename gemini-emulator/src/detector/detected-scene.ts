import { setImmediate } from 'node:timers/promises'
import { groups } from '../answer/named/question.ts'
import { enumerate, namePlace, sentence } from '../answer/place.ts'
import type { Scene, Thing, Words } from '../vision/analyze.ts'
import { type ColourName, nameColour } from '../vision/colour.ts'
import type { Coverage } from '../vision/outline.ts'
import type { Picture, Raster } from '../vision/picture.ts'
import type { RegionMap } from '../vision/region-map.ts'
import { thingOf } from '../vision/thing.ts'
import type { Kind } from './coco.ts'
import type { Detection } from './detections.ts'
import { objectCoverage } from './object-mask.ts'

const MAX_LABELS = 10
const MAX_NAMED = 5
const MAX_ALT_TEXT = 125
const MAX_SAMPLES = 400

/** The scene of a photo with the objects that were found in it; undefined if there are none. */
export async function detectedScene(
  { width, height, copy }: Picture,
  detections: readonly Detection[],
  segments: RegionMap,
): Promise<Scene | undefined> {
  const found: Found[] = []
  for (const { kind, box } of detections) {
    // Large boxes take up to 0.1 s each. Other requests are answered between them.
    await setImmediate()
    const coverage = objectCoverage(copy, segments, box)
    const colour = mainColour(copy, coverage)
    const thing = thingOf(copy, coverage, () => ({ label: kind.name, colour, shape: 'area' }))
    if (thing) found.push({ kind, thing: { ...thing, name: kind.name, also: kind.also } })
  }
  if (found.length === 0) return undefined
  return {
    width,
    height,
    drawn: false,
    background: mainColour(copy, frameOf(copy)),
    recognizer: 'detector',
    words: wordsFor(found),
    things: found.map(({ thing }) => thing).toSorted((a, b) => b.share - a.share),
  }
}

type Found = { kind: Kind; thing: Thing & { name: string } }

function wordsFor(found: Found[]): Words {
  const sorted = found.toSorted((a, b) => rank(b) - rank(a))
  const things = sorted.map(({ thing }) => thing)
  const named = groups(things)
  const [first = '', ...others] = named.slice(0, MAX_NAMED)
  const main = things[0]!
  const isSingle = things.filter(({ name }) => name === main.name).length === 1
  const more = named.length > MAX_NAMED ? ' and more' : ''
  const rest = others.length > 0 ? `, with ${enumerate(others)}${more}` : ''
  const labels = [...things.map(({ name }) => name), ...sorted.map(({ kind }) => kind.category), 'photograph']
  return {
    caption: sentence(`${first}${isSingle ? ` ${namePlace(main.box)}` : ''}${rest}`),
    altText: `Photo of ${enumerate(named.slice(0, MAX_NAMED))}${more}`.slice(0, MAX_ALT_TEXT),
    labels: [...new Set(labels)].slice(0, MAX_LABELS),
    text: '',
    answers: [],
  }
}

const ALIVE = new Set(['person', 'animal'])
const SURROUNDINGS = new Set(['dining table', 'bed', 'couch', 'bench', 'chair'])

/** People and animals first, tables and the like last; among equals, large things first. */
function rank({ kind, thing }: Found): number {
  return thing.share + (ALIVE.has(kind.category) ? 1 : SURROUNDINGS.has(kind.name) ? -1 : 0)
}

/** The colour name of most pixels, of some hundreds at most. */
function mainColour({ width, rgb }: Raster, { left, top, width: columns, values }: Coverage): ColourName {
  const inside = [...values.keys()].filter((i) => values[i]! >= 0.5)
  const step = Math.max(1, Math.floor(inside.length / MAX_SAMPLES))
  const counts = new Map<ColourName, number>()
  for (let k = 0; k < inside.length; k += step) {
    const i = inside[k]!
    const at = ((Math.floor(i / columns) + top) * width + (i % columns) + left) * 3
    const name = nameColour([rgb[at]!, rgb[at + 1]!, rgb[at + 2]!])
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['grey', 0])[0]
}

/** The pixels along the border of a picture. */
function frameOf({ width, height }: Raster): Coverage {
  const values = new Float32Array(width * height)
  for (let x = 0; x < width; x++) values[x] = values[(height - 1) * width + x] = 1
  for (let y = 0; y < height; y++) values[y * width] = values[y * width + width - 1] = 1
  return { left: 0, top: 0, width, height, values }
}

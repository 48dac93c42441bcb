import type { Scene, Thing } from '../vision/analyze.ts'
import { area, type Point } from '../vision/outline.ts'
import { boxOf, polygonCoverage } from '../vision/polygon.ts'
import type { Sample, SampleObject } from './sample.ts'

/** The scene of a sample: its stored words, and its objects. */
export function sampleScene(sample: Sample): Scene {
  const { width, height, caption, altText, labels, text, background, answers } = sample
  return {
    width,
    height,
    background,
    drawn: false,
    recognizer: 'annotation',
    words: { caption, altText, labels, text, answers },
    things: sample.objects.map(toThing),
  }
}

function toThing({ label, name, also, colour, outline }: SampleObject): Thing {
  const corners = outline.split(' ').map((corner): Point => {
    const [x = 0, y = 0] = corner.split(',').map(Number)
    return [x / 1000, y / 1000]
  })
  const ring = [...corners, corners[0]!]
  return {
    label,
    name,
    also,
    colour,
    shape: 'area',
    box: boxOf(ring),
    outline: ring,
    share: area(ring),
    coverageOn: (xs, ys) => polygonCoverage(ring, xs, ys),
  }
}

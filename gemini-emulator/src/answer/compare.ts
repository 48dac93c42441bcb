import type { Scene, Thing } from '../vision/analyze.ts'
import { caption } from './caption.ts'
import { compareNamed } from './named/compare.ts'
import { enumerate, namePlace, sentence, withArticle } from './place.ts'

/** A difference between an image and the first one. `image` is an index from 0. */
export type Difference = { description: string; regions: { image: number; thing: Thing }[] }

export type Comparison = { similarities: string[]; differences: Difference[] }

type Rule = {
  matches: (before: Thing, after: Thing) => boolean
  /** Describes the difference; undefined if there is none. */
  describe: (before: Thing, after: Thing, image: number) => string | undefined
}

// A fraction of the image size. Resizing and JPEG compression move a centre by less.
const SAME_PLACE = 0.03
const SAME_SIZE = 1.2

// The first rule that finds a match for a thing is used.
const RULES: Rule[] = [
  {
    matches: (before, after) =>
      before.label === after.label && inPlace(before, after) && sizeRatio(before, after) < SAME_SIZE,
    describe: () => undefined,
  },
  {
    matches: (before, after) =>
      before.shape === after.shape && inPlace(before, after) && sizeRatio(before, after) < SAME_SIZE,
    describe: (before, after, image) =>
      `the ${before.shape} ${namePlace(before.box)} is ${before.colour} in image 1 and ${after.colour} in image ${image + 1}`,
  },
  {
    matches: (before, after) => before.label === after.label && inPlace(before, after),
    describe: (before, after, image) =>
      `the ${before.label} ${namePlace(before.box)} is ${after.share > before.share ? 'larger' : 'smaller'} in image ${image + 1}`,
  },
  {
    matches: (before, after) => before.label === after.label,
    describe: (before, after, image) =>
      `the ${before.label} is ${namePlace(before.box)} in image 1 and ${namePlace(after.box)} in image ${image + 1}`,
  },
]

/** Compares every other image with the first. */
export function compare(scenes: Scene[]): Comparison {
  const [first, ...others] = scenes
  const similarities: string[] = []
  const differences: Difference[] = []
  for (const [i, other] of first ? others.entries() : []) {
    const image = i + 1
    if (first!.words ?? other.words) {
      const found = compareNamed(first!, other, image)
      similarities.push(...found.similarities)
      differences.push(...found.differences)
      continue
    }
    if (first!.background === other.background)
      similarities.push(`the background of both is ${first!.background}`)
    else
      differences.push({
        description: sentence(
          `the background is ${first!.background} in image 1 and ${other.background} in image ${image + 1}`,
        ),
        regions: [],
      })
    const found = compareThings(first!.things, other.things, image)
    similarities.push(...found.similarities)
    differences.push(...found.differences)
  }
  return { similarities: [...new Set(similarities)].map(sentence), differences }
}

function compareThings(before: Thing[], after: Thing[], image: number): Comparison {
  const [left, right] = [new Set(before), new Set(after)]
  const similarities: string[] = []
  const differences: Difference[] = []
  for (const { matches, describe } of RULES) {
    for (const one of left) {
      const candidates = [...right]
        .filter((other) => matches(one, other))
        .toSorted((a, b) => gap(one, a) - gap(one, b))
      const other = candidates[0]
      if (!other) continue
      left.delete(one)
      right.delete(other)
      const difference = describe(one, other, image)
      if (difference === undefined)
        similarities.push(`both show ${withArticle(one.label)} ${namePlace(one.box)}`)
      else
        differences.push({
          description: sentence(difference),
          regions: [
            { image: 0, thing: one },
            { image, thing: other },
          ],
        })
    }
  }
  const only = (thing: Thing, shownIn: number, missingIn: number): Difference => ({
    description: sentence(
      `image ${shownIn + 1} shows ${withArticle(thing.label)} ${namePlace(thing.box)}, which is missing in image ${missingIn + 1}`,
    ),
    regions: [{ image: shownIn, thing }],
  })
  differences.push(
    ...[...left].map((thing) => only(thing, 0, image)),
    ...[...right].map((thing) => only(thing, image, 0)),
  )
  return { similarities, differences }
}

/** A summary of the comparison in a few sentences. */
export function summarise({ differences, similarities }: Comparison, scenes: Scene[] = []): string {
  if (differences.length > 0 && scenes.some(({ words }) => words)) {
    const captions = scenes.map((scene, i) => `Image ${i + 1}: ${caption(scene)}`)
    return [
      ...captions,
      ...(similarities.length > 0 ? [`In common: ${similarityList(similarities)}.`] : []),
    ].join(' ')
  }
  if (differences.length === 0) return 'The images show the same.'
  const descriptions = differences.map(({ description }) => description).join(' ')
  const common = similarities.length > 0 ? ` In common: ${similarityList(similarities)}.` : ''
  return `${descriptions}${common}`
}

function similarityList(similarities: string[]): string {
  return enumerate(similarities.map(toClause))
}

/** Turns a sentence into a part of another sentence. */
function toClause(line: string): string {
  return `${line.charAt(0).toLowerCase()}${line.slice(1, -1)}`
}

function inPlace(before: Thing, after: Thing): boolean {
  return gap(before, after) < SAME_PLACE
}

function gap({ box: a }: Thing, { box: b }: Thing): number {
  return Math.hypot(a.xMin + a.xMax - b.xMin - b.xMax, a.yMin + a.yMax - b.yMin - b.yMax) / 2
}

function sizeRatio(before: Thing, after: Thing): number {
  return Math.max(before.share / after.share, after.share / before.share)
}

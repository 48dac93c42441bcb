import type { Sight, Thing } from '../vision/look.ts'
import { enumerate, namePlace, sentence, withArticle } from './place.ts'

/** What sets a picture apart from the first; `image` counts from 0. */
export type Difference = { description: string; regions: { image: number; thing: Thing }[] }

export type Comparison = { similarities: string[]; differences: Difference[] }

type Rule = {
  holds: (before: Thing, after: Thing) => boolean
  /** Nothing when the two are the same. */
  tell: (before: Thing, after: Thing, image: number) => string | undefined
}

// Shares of the picture; resizing and JPEG move a centre by less.
const SAME_PLACE = 0.03
const SAME_SIZE = 1.2

// Each thing is paired by the first rule that finds it a partner.
const RULES: Rule[] = [
  {
    holds: (before, after) =>
      before.label === after.label && inPlace(before, after) && sizeRatio(before, after) < SAME_SIZE,
    tell: () => undefined,
  },
  {
    holds: (before, after) =>
      before.shape === after.shape && inPlace(before, after) && sizeRatio(before, after) < SAME_SIZE,
    tell: (before, after, image) =>
      `the ${before.shape} ${namePlace(before.box)} is ${before.colour} in image 1 and ${after.colour} in image ${image + 1}`,
  },
  {
    holds: (before, after) => before.label === after.label && inPlace(before, after),
    tell: (before, after, image) =>
      `the ${before.label} ${namePlace(before.box)} is ${after.share > before.share ? 'larger' : 'smaller'} in image ${image + 1}`,
  },
  {
    holds: (before, after) => before.label === after.label,
    tell: (before, after, image) =>
      `the ${before.label} is ${namePlace(before.box)} in image 1 and ${namePlace(after.box)} in image ${image + 1}`,
  },
]

/** Compares every further picture with the first. */
export function compare(sights: Sight[]): Comparison {
  const [first, ...others] = sights
  const similarities: string[] = []
  const differences: Difference[] = []
  for (const [i, other] of first ? others.entries() : []) {
    const image = i + 1
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
  for (const { holds, tell } of RULES) {
    for (const one of left) {
      const partners = [...right]
        .filter((other) => holds(one, other))
        .toSorted((a, b) => gap(one, a) - gap(one, b))
      const other = partners[0]
      if (!other) continue
      left.delete(one)
      right.delete(other)
      const told = tell(one, other, image)
      if (told === undefined) similarities.push(`both show ${withArticle(one.label)} ${namePlace(one.box)}`)
      else
        differences.push({
          description: sentence(told),
          regions: [
            { image: 0, thing: one },
            { image, thing: other },
          ],
        })
    }
  }
  const only = (thing: Thing, where: number, lacking: number): Difference => ({
    description: sentence(
      `image ${where + 1} shows ${withArticle(thing.label)} ${namePlace(thing.box)}, which is missing in image ${lacking + 1}`,
    ),
    regions: [{ image: where, thing }],
  })
  differences.push(
    ...[...left].map((thing) => only(thing, 0, image)),
    ...[...right].map((thing) => only(thing, image, 0)),
  )
  return { similarities, differences }
}

/** The comparison in a few sentences. */
export function summarise({ differences, similarities }: Comparison): string {
  if (differences.length === 0) return 'The images show the same.'
  const told = differences.map(({ description }) => description).join(' ')
  const common = similarities.length > 0 ? ` In common: ${enumerate(similarities.map(inside))}.` : ''
  return `${told}${common}`
}

/** A sentence as part of another. */
function inside(line: string): string {
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

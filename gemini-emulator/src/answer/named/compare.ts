import type { Scene, Thing } from '../../vision/analyze.ts'
import type { Comparison, Difference } from '../compare.ts'
import { enumerate, namePlace, sentence, withArticle } from '../place.ts'
import { countOf, nameOf, plural } from './nouns.ts'

// A fraction of the image size.
const MOVED = 0.15

/** Compares two scenes by the names and the numbers of their things. */
export function compareNamed(first: Scene, other: Scene, image: number): Comparison {
  const [before, after] = [byName(first.things), byName(other.things)]
  const similarities: string[] = []
  const differences: Difference[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [left, right] = [before.get(name) ?? [], after.get(name) ?? []]
    const description = describe(name, left, right, image)
    if (description === undefined) similarities.push(`both show ${amount(left.length, name)}`)
    else
      differences.push({
        description: sentence(description),
        regions: [...left.map((thing) => ({ image: 0, thing })), ...right.map((thing) => ({ image, thing }))],
      })
  }
  const common = (first.words?.labels ?? []).filter((label) => other.words?.labels.includes(label))
  if (common.length > 0) similarities.push(`both photos have the labels ${enumerate(common)}`)
  return { similarities, differences }
}

/** The difference of the things of one name; undefined if there is none. */
function describe(name: string, left: Thing[], right: Thing[], image: number): string | undefined {
  const [one, two] = ['image 1', `image ${image + 1}`]
  if (right.length === 0) return `${one} shows ${amount(left.length, name)}, ${two} does not`
  if (left.length === 0) return `${two} shows ${amount(right.length, name)}, ${one} does not`
  if (left.length !== right.length)
    return `${one} shows ${countOf(left.length, name)}, ${two} shows ${countOf(right.length, name)}`
  const [before, after] = [left[0]!, right[0]!]
  if (left.length > 1) return undefined
  if (before.colour !== after.colour)
    return `the ${name} is ${before.colour} in ${one} and ${after.colour} in ${two}`
  if (distance(before, after) < MOVED) return undefined
  const [from, to] = [namePlace(before.box), namePlace(after.box)]
  return from === to ? undefined : `the ${name} is ${from} in ${one} and ${to} in ${two}`
}

function amount(count: number, name: string): string {
  if (plural(name) === name) return name
  return count === 1 ? withArticle(name) : countOf(count, name)
}

function byName(things: Thing[]): Map<string, Thing[]> {
  return Map.groupBy(things, nameOf)
}

function distance({ box: a }: Thing, { box: b }: Thing): number {
  return Math.hypot(a.xMin + a.xMax - b.xMin - b.xMax, a.yMin + a.yMax - b.yMin - b.yMax) / 2
}

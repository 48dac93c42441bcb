import type { CompareImagesResult } from '@firesight/client'
import { type Colour, coloursOf } from './colours.ts'

/** Pixels of the upright photo, origin top left. */
export type Box = { x: number; y: number; width: number; height: number }

/**
 * A box on a photo. `of` is the index of its object or difference. All marks with the same index are
 * highlighted together.
 */
export type Mark = { of: number; label: string; box: Box; colour: Colour }

/** The marks of objects, in their colours in the overlay. */
export function marksOfObjects(objects: readonly { label: string; box: Box }[]): Mark[] {
  const colours = coloursOf(objects)
  return objects.map(({ label, box }, index) => ({ of: index, label, box, colour: colours[index]! }))
}

type Differences = CompareImagesResult['differences']
export type Sign = { label: string; colour: Colour }

/** A letter and a colour for each difference. Not numbers, because models number the photos. */
export function signsOf(differences: Differences): Sign[] {
  const labels = differences.map((_, index) => letterOf(index))
  const colours = coloursOf(labels.map((label) => ({ label })))
  return labels.map((label, index) => ({ label, colour: colours[index]! }))
}

/** The marks of the differences on one of the compared photos. */
export function marksOfDifferences(differences: Differences, signs: readonly Sign[], image: number): Mark[] {
  return differences.flatMap(({ regions }, index) =>
    regions
      .filter((region) => region.image === image)
      .map(({ box }) => ({ of: index, box, ...signs[index]! })),
  )
}

/** A to Z, then A2 to Z2. */
function letterOf(index: number): string {
  const round = Math.floor(index / 26)
  return String.fromCharCode(65 + (index % 26)) + (round > 0 ? round + 1 : '')
}

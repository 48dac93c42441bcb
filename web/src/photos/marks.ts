import { type Colour, coloursOf } from './colours.ts'

/** Pixels of the upright photo, origin top left. */
export type Box = { x: number; y: number; width: number; height: number }

/** A place on a photo. `of` is the index of what is found there; what is found in several places is pointed out in all of them at once. */
export type Mark = { of: number; label: string; box: Box; colour: Colour }

/** Objects, in the colours that the overlay has for them. */
export function marksOfObjects(objects: readonly { label: string; box: Box }[]): Mark[] {
  const colours = coloursOf(objects)
  return objects.map(({ label, box }, index) => ({ of: index, label, box, colour: colours[index]! }))
}

import type { ColourName } from '../vision/colour.ts'
import astronaut from './data/astronaut.json' with { type: 'json' }
import cat from './data/cat.json' with { type: 'json' }
import coffee from './data/coffee.json' with { type: 'json' }
import dogs from './data/dogs.json' with { type: 'json' }
import raccoon from './data/raccoon.json' with { type: 'json' }
import rocket from './data/rocket.json' with { type: 'json' }

/** A photo with answers that a person wrote. The photos are in web/src/samples/photos. */
export type Sample = {
  id: string
  /** How the annotation was made. */
  origin: string
  /** Pixels. */
  width: number
  height: number
  /** `fingerprintOf` the photo, in base64. */
  fingerprint: string
  caption: string
  altText: string
  labels: string[]
  /** The text that can be read in the photo, or "". */
  text: string
  background: string
  answers: { question: string; answer: string }[]
  /** Largest first. */
  objects: SampleObject[]
}

export type SampleObject = {
  label: string
  /** The noun that counts it, singular. */
  name: string
  /** Other nouns for it. */
  also: string[]
  colour: ColourName
  /** Corners "x,y x,y ...", 0 to 1000 of the width and the height. */
  outline: string
}

export const SAMPLES = [cat, coffee, astronaut, rocket, raccoon, dogs] as Sample[]

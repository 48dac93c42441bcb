import type { PictureCase } from '../picture-case.ts'
import { animations } from './animations.ts'
import { bombs } from './bombs.ts'
import { colours } from './colours.ts'
import { damaged } from './damaged.ts'
import { disguises } from './disguises.ts'
import { lies } from './lies.ts'
import { metadata } from './metadata.ts'
import { names } from './names.ts'
import { shapes } from './shapes.ts'

/** All generated images, by family. */
export const pictureFamilies: Record<string, PictureCase[]> = {
  bombs,
  lies,
  damaged,
  disguises,
  animations,
  colours,
  metadata,
  shapes,
  names,
}

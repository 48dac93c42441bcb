import type { Scene } from '../vision/analyze.ts'
import { enumerate, namePlace, sentence, withArticle } from './place.ts'

const MAX_NAMED = 5

/** A sentence that describes the image. */
export function caption(scene: Scene): string {
  if (scene.words) return scene.words.caption
  const { things, background, drawn } = scene
  if (things.length === 0) return sentence(`a plain ${background} picture`)
  const named = things
    .slice(0, MAX_NAMED)
    .map((thing) => `${withArticle(thing.label)} ${namePlace(thing.box)}`)
  const rest = things.length - named.length
  if (rest > 0) named.push(`${rest} more`)
  const start = drawn ? '' : 'a photograph with '
  return sentence(`${start}${enumerate(named)} on ${withArticle(background)} background`)
}

/** A description in a few words. */
export function shortCaption(scene: Scene): string {
  if (scene.words) return scene.words.altText
  const { things, background } = scene
  if (things.length === 0) return `Plain ${background} picture`
  const words = enumerate(things.slice(0, 3).map(({ label }) => label))
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} on ${background}`
}

/** Labels, most specific first. */
export function labels(scene: Scene): string[] {
  if (scene.words) return scene.words.labels
  const { things, background, drawn } = scene
  const words = things.flatMap(({ label, colour, shape }) => [label, shape, colour])
  return [
    ...new Set([...words.filter((word) => word !== 'area'), background, drawn ? 'drawing' : 'photograph']),
  ]
}

import { caption, labels } from '../caption.ts'
import { pointIn } from '../locate.ts'
import { polygonMask } from '../mask.ts'
import { box2d } from '../place.ts'
import { onlyTargets } from '../prompt.ts'
import type { JsonSchema } from './json-schema.ts'
import { chooseValues, plainName, type Subject } from './subject.ts'

const MAX_LABELS = 12

/** The values of a list of numbers or points; undefined if its name does not stand for coordinates. */
export function coordinatesFor(name: string, subject: Subject): number[] | [number, number][] | undefined {
  const plain = plainName(name)
  const thing = subject.thing ?? subject.things[0]
  if (/^(box|bbox|bounding)/.test(plain)) return thing ? box2d(thing) : [0, 0, 1000, 1000]
  if (/^(point|cent(er|re))/.test(plain)) return thing ? pointIn(thing) : [500, 500]
  if (/mask|polygon|outline|contour|segmentation/.test(plain))
    return thing ? polygonMask(thing, subject.topic.limits.points) : []
  return undefined
}

/** The values of a list of strings. */
export function wordsFor(name: string, items: JsonSchema, subject: Subject): string[] {
  const { topic, scene } = subject
  if (items.enum) return chooseValues(items.enum.map(String), subject)
  const plain = plainName(name)
  if (/differ|change/.test(plain)) return topic.comparison.differences.map(({ description }) => description)
  if (/similar|common|same/.test(plain)) return topic.comparison.similarities
  if (/text|ocr|lines/.test(plain)) return scene.words?.text.split('\n').filter(Boolean) ?? []
  if (/background/.test(plain)) return [scene.background]
  if (/colou?r/.test(plain)) return [...new Set(scene.things.map(({ colour }) => colour))]
  if (/shape/.test(plain)) return [...new Set(scene.things.map(({ shape }) => shape))]
  if (/object|item|thing/.test(plain)) return subject.things.map(({ label }) => label)
  if (/caption|description|summar/.test(plain)) return topic.scenes.map(caption)
  return labels(scene).slice(0, MAX_LABELS)
}

/** The subject of each object in a list. */
export function subjectsFor(name: string, items: JsonSchema, subject: Subject): Subject[] {
  const { topic } = subject
  const plain = plainName(name)
  const located = Object.keys(items.properties ?? {}).some((key) => /box|point|mask|polygon|ymin/i.test(key))
  if (/differ|change/.test(plain))
    return topic.comparison.differences.map((difference) => ({ ...subject, difference }))
  if (subject.difference)
    return subject.difference.regions.map(({ image, thing }) => ({
      ...subject,
      ...aboutImage(subject, image),
      thing,
    }))
  if (/similar|common/.test(plain)) return topic.comparison.similarities.map((word) => ({ ...subject, word }))
  if (/text|ocr/.test(plain)) return []
  if (/^(image|picture|photo|perimage|perpicture)/.test(plain) && !located)
    return topic.scenes.map((_, image) => ({ ...subject, ...aboutImage(subject, image) }))
  if (/label|tag|keyword|categor|class/.test(plain) && !located)
    return labels(subject.scene)
      .slice(0, MAX_LABELS)
      .map((word) => ({ ...subject, word }))
  return subject.things.map((thing) => ({ ...subject, thing }))
}

function aboutImage(
  { topic }: Pick<Subject, 'topic'>,
  image: number,
): Pick<Subject, 'image' | 'scene' | 'things'> {
  const scene = topic.scenes[image]!
  return { image, scene, things: onlyTargets(scene, topic.text) }
}

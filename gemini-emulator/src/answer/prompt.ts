import type { Scene, Thing } from '../vision/analyze.ts'
import { COLOUR_NAMES } from '../vision/colour.ts'
import { SHAPE_NAMES } from '../vision/shape.ts'
import { knownNoun, namedTargets } from './named/targets.ts'

export type Task = 'masks' | 'boxes' | 'points' | 'words'

/** The kind of answer that a prompt asks for. */
export function readTask(text: string): Task {
  if (/\bsegment(ation|s|ed)?\b|\bmasks? (for|of)\b|["'`]mask["'`]/i.test(text)) return 'masks'
  if (/box_2d|\bbounding box|\bboxes (for|of|around)\b/i.test(text)) return 'boxes'
  if (/\bpoint to\b|["'`]point["'`]|\[y, ?x\]/i.test(text)) return 'points'
  return /^\s*(please )?(detect|locate)\b/i.test(text) ? 'boxes' : 'words'
}

/** What a prompt says about the size of the answer. */
export type Limits = { objects: number; points: number; compact: boolean }

export function readLimits(text: string): Limits {
  const most = (thing: string) =>
    Number(new RegExp(`\\bat most (\\d+) ${thing}\\b`, 'i').exec(text)?.[1] ?? Number.POSITIVE_INFINITY)
  return { objects: most('objects'), points: most('points'), compact: /\bcompact JSON\b/i.test(text) }
}

const PHRASES = [
  /\b(?:masks?|box(?:es)?|points?|outlines?)\s+(?:only\s+)?(?:for|of|around|on)\s+([^.\n;:]*)/gi,
  /\b(?:detect|find|locate|segment|point to|outline)\s+([^.\n;:]*)/gi,
  /\b(?:targets?|only)\b[^:\n.]{0,40}:\s*([^\n]*)/gi,
]

/** Keeps the things that the prompt names by noun, colour or shape; all if it names none. */
export function onlyTargets(scene: Scene, text: string): Thing[] {
  const { things, recognizer } = scene
  if (scene.words) return namedTargets(things, text)
  const phrases = PHRASES.flatMap((phrase) => [...text.matchAll(phrase)]).flatMap(([, words]) =>
    words!.split(/,|\band\b|\bor\b/i),
  )
  // The detector has found none of its kinds in this photo.
  if (recognizer && phrases.some((phrase) => knownNoun(phrase) !== undefined)) return []
  const wanted = phrases.map(readDescription).filter(({ colour, shape }) => colour ?? shape)
  if (wanted.length === 0) return things
  return things.filter((thing) => wanted.some((description) => fits(thing, description)))
}

export type Description = { colour: string | undefined; shape: string | undefined }

/** Finds the colour and the shape that a text names. */
export function readDescription(words: string): Description {
  const lower = words.toLowerCase().replaceAll('gray', 'grey')
  const name = (names: readonly string[]) =>
    names.find((candidate) => candidate !== 'area' && new RegExp(`\\b${candidate}e?s?\\b`).test(lower))
  return { colour: name(COLOUR_NAMES), shape: name(SHAPE_NAMES) }
}

export function fits(thing: Thing, { colour, shape }: Description): boolean {
  if (colour !== undefined && thing.colour !== colour) return false
  // Every square is a rectangle, and every circle an ellipse.
  const also = { square: 'rectangle', circle: 'ellipse' }[thing.shape as string]
  return shape === undefined || thing.shape === shape || also === shape
}

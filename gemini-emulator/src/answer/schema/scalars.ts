import { caption, shortCaption } from '../caption.ts'
import { summarise } from '../compare.ts'
import { maskFor, pointIn } from '../locate.ts'
import { box2d, namePlace, sentence, withArticle } from '../place.ts'
import { fits, readDescription } from '../prompt.ts'
import { answerQuestion } from '../question.ts'
import type { JsonSchema } from './json-schema.ts'
import { chooseValue, plainName, type Subject } from './subject.ts'

type StringRule = [RegExp, (subject: Subject) => string | undefined | Promise<string | undefined>]

// By property name. The first rule that matches and returns a value is used.
const STRINGS: StringRule[] = [
  [
    /mask|polygon/,
    async ({ thing, topic }) => thing && asText(await maskFor(thing, topic.family, topic.limits.points)),
  ],
  [/language|locale/, () => 'en'],
  [/ocr|transcri|visibletext|^text|text$(?<!alttext)/, ({ scene }) => scene.words?.text ?? ''],
  [/url|uri/, () => ''],
  [/background/, ({ scene }) => scene.background],
  [/colou?r/, ({ thing, scene }) => thing?.colour ?? scene.things[0]?.colour ?? scene.background],
  [/shape/, ({ thing, scene }) => thing?.shape ?? scene.things[0]?.shape],
  [/location|position|place|where/, ({ thing, things }) => place(thing ?? things[0])],
  [/alt|title|headline|short/, ({ scene }) => shortCaption(scene)],
  [
    /summary|comparison|difference|change/,
    ({ topic }) => (topic.scenes.length > 1 ? summarise(topic.comparison, topic.scenes) : undefined),
  ],
  [/answer|reply|response/, ({ topic }) => answerQuestion(topic.text, topic.scenes)],
  [
    /label|name|tag|keyword|word|object|item|class|categor|kind|type/,
    ({ word, thing, things }) => word ?? (thing ?? things[0])?.label,
  ],
  [
    /^(image|picture|photo)/,
    ({ image, topic }) => (topic.scenes.length > 1 ? `Image ${image + 1}` : undefined),
  ],
  [/./, ({ difference, thing, word }) => difference?.description ?? (thing ? describe(thing) : word)],
]

export async function stringFor(name: string, schema: JsonSchema, subject: Subject): Promise<string> {
  if (schema.enum) return chooseValue(schema.enum.map(String), subject) ?? ''
  const dates = { 'date-time': '2026-01-01T00:00:00Z', date: '2026-01-01', time: '00:00:00Z' }
  if (schema.format !== undefined && schema.format in dates) return dates[schema.format as keyof typeof dates]
  const text = (await firstWords(name, subject)) ?? caption(subject.scene)
  const { minLength = 0, maxLength = text.length } = schema
  return text.slice(0, maxLength).padEnd(minLength, '.')
}

async function firstWords(name: string, subject: Subject): Promise<string | undefined> {
  for (const [pattern, valueFor] of STRINGS) {
    const value = pattern.test(plainName(name)) ? await valueFor(subject) : undefined
    if (value !== undefined) return value
  }
  return undefined
}

function asText(mask: Awaited<ReturnType<typeof maskFor>>): string | undefined {
  return typeof mask === 'string' || mask === undefined ? mask : JSON.stringify(mask)
}

function place(thing: Subject['thing']): string | undefined {
  return thing && namePlace(thing.box)
}

function describe(thing: NonNullable<Subject['thing']>): string {
  return sentence(`${withArticle(thing.label)} ${namePlace(thing.box)}`)
}

type NumberRule = [RegExp, (subject: Subject, schema: JsonSchema, name: string) => number | undefined]

const NUMBERS: NumberRule[] = [
  [/count|howmany|^number|^num|total/, ({ things }) => things.length],
  [/confidence|score|probab|certain|likel|relevance/, (_subject, schema) => confidence(schema)],
  [/share|area|percent|coverage|fraction/, ({ thing, scene }) => thing?.share ?? scene.things[0]?.share],
  [/image|index|picture|photo/, (subject, schema, name) => imageNumber(subject, schema, name)],
  [/./, (subject, _schema, name) => coordinate(subject, plainName(name))],
]

export function numberFor(name: string, schema: JsonSchema, subject: Subject, integer: boolean): number {
  const value = firstNumber(name, schema, subject)
  if (schema.enum) {
    const listed = schema.enum.map(Number)
    return listed.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))[0] ?? value
  }
  const step = integer ? 1 : 1e-6
  const minimum = Math.max(schema.minimum ?? -Infinity, (schema.exclusiveMinimum ?? -Infinity) + step)
  const maximum = Math.min(schema.maximum ?? Infinity, (schema.exclusiveMaximum ?? Infinity) - step)
  const bounded = Math.min(maximum, Math.max(minimum, value))
  return integer ? Math.min(Math.floor(maximum), Math.max(Math.ceil(minimum), Math.round(bounded))) : bounded
}

function firstNumber(name: string, schema: JsonSchema, subject: Subject): number {
  for (const [pattern, valueFor] of NUMBERS) {
    const value = pattern.test(plainName(name)) ? valueFor(subject, schema, name) : undefined
    if (value !== undefined) return value
  }
  return 0
}

function confidence({ maximum = 1 }: JsonSchema): number {
  return 0.9 * maximum
}

/**
 * Counts from the minimum of the schema. Without one, counts from 0 if the property is named an index and the
 * prompt does not mention image 1, and from 1 otherwise.
 */
function imageNumber(
  { image, topic }: Subject,
  { minimum, description = '' }: JsonSchema,
  name: string,
): number {
  const fromOne = /\b(1-based|one-based|from 1|(first|image) 1|first (image )?is 1)\b/i.test(description)
  const fromZero = /index/i.test(name) && !/\bimage 1\b/i.test(topic.text) && !fromOne
  return image + (minimum ?? (fromZero ? 0 : 1))
}

/** A coordinate of the thing's box, 0 to 1000. Without a thing: the size of the image in pixels. */
function coordinate({ thing, scene }: Subject, name: string): number | undefined {
  if (!thing) return { width: scene.width, height: scene.height }[name]
  const [yMin, xMin, yMax, xMax] = box2d(thing)
  const [centreY, centreX] = pointIn(thing)
  const named: Record<string, number> = {
    ymin: yMin,
    y0: yMin,
    y1: yMin,
    top: yMin,
    y: yMin,
    xmin: xMin,
    x0: xMin,
    x1: xMin,
    left: xMin,
    x: xMin,
    ymax: yMax,
    y2: yMax,
    bottom: yMax,
    xmax: xMax,
    x2: xMax,
    right: xMax,
    width: xMax - xMin,
    height: yMax - yMin,
    w: xMax - xMin,
    h: yMax - yMin,
    centrex: centreX,
    centerx: centreX,
    cx: centreX,
    centrey: centreY,
    centery: centreY,
    cy: centreY,
  }
  return named[name]
}

export function booleanFor(name: string, { description = '' }: JsonSchema, subject: Subject): boolean {
  const plain = plainName(name)
  const { scene, things, topic } = subject
  if (/empty|blank|plain/.test(plain)) return scene.things.length === 0
  if (/photo/.test(plain)) return !scene.drawn
  if (/drawing|drawn|illustration|graphic/.test(plain)) return scene.drawn
  if (/same|identical|equal/.test(plain))
    return topic.scenes.length > 1 && topic.comparison.differences.length === 0
  if (/differ|changed/.test(plain)) return topic.comparison.differences.length > 0
  const spaced = name.replaceAll(/([A-Z])|_/g, ' $1')
  const wanted = readDescription(`${spaced} ${description}`)
  if (wanted.colour !== undefined || wanted.shape !== undefined)
    return scene.things.some((thing) => fits(thing, wanted))
  return /found|present|visible|detected|exists|^has(objects|things|items)/.test(plain) && things.length > 0
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { compare, summarise } from '../../../gemini-emulator/src/answer/compare.ts'
import { namedTargets } from '../../../gemini-emulator/src/answer/named/targets.ts'
import { answerQuestion } from '../../../gemini-emulator/src/answer/question.ts'
import { startGeminiEmulator } from '../../../gemini-emulator/src/index.ts'
import { fingerprintDistance, fingerprintOf } from '../../../gemini-emulator/src/samples/fingerprint.ts'
import { recognizeSample } from '../../../gemini-emulator/src/samples/recognize.ts'
import { SAMPLES } from '../../../gemini-emulator/src/samples/sample.ts'
import { analyzeImage, type Scene } from '../../../gemini-emulator/src/vision/analyze.ts'
import { decodePicture } from '../../../gemini-emulator/src/vision/picture.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'
import { clientOf, inline, paintPngMask, paintPolygon } from './emulated.ts'
import { THREE_SHAPES } from './three-shapes.ts'

const photos = join(import.meta.dirname, '../../../web/src/samples/photos')
const read = (id: string) => readFileSync(join(photos, `${id}.jpg`))
const ids = SAMPLES.map(({ id }) => id)

describe('recognizeSample()', () => {
  test.each(ids)(
    'recognizes %s, also scaled and compressed like the copy that the functions send',
    async (id) => {
      const copy = await sharp(read(id)).resize(300).jpeg({ quality: 60 }).toBuffer()
      expect(recognizeSample(await decodePicture(copy))?.id).toBe(id)
    },
  )

  test('does not take one picture for another: samples, drawn scenes, changed samples', async () => {
    const known = SAMPLES.map(({ fingerprint }) => Buffer.from(fingerprint, 'base64'))
    const drawn = await Promise.all(
      [FOUR_SHAPES, THREE_SHAPES].map(async (scene) => (await drawScene(scene)).png),
    )
    const others = [
      ...drawn,
      ...(await Promise.all(ids.map(async (id) => sharp(read(id)).resize(300).flop().toBuffer()))),
    ]
    for (const other of others) {
      const { copy } = await decodePicture(other)
      const distances = known.map((print) => fingerprintDistance(fingerprintOf(copy), print))
      expect(Math.min(...distances)).toBeGreaterThan(15)
    }
    for (const [i, one] of known.entries())
      for (const other of known.slice(i + 1)) expect(fingerprintDistance(one, other)).toBeGreaterThan(25)
  })
})

describe('the annotations of the samples', () => {
  test.each(SAMPLES)('$id says how it was made, and its words fit the limits of a description', (sample) => {
    expect(sample.origin).toMatch(/^Annotated by hand/)
    expect(sample.altText.length).toBeLessThanOrEqual(125)
    expect(sample.labels.length).toBeLessThanOrEqual(10)
    expect(sample.answers.length).toBeGreaterThanOrEqual(5)
    for (const { outline } of sample.objects)
      expect(outline).toMatch(/^(\d+(\.\d)?,\d+(\.\d)?)( \d+(\.\d)?,\d+(\.\d)?){2,}$/)
  })

  test('a PNG mask and a polygon of a thing cover the same pixels', async () => {
    // Later, requests for the model with PNG masks go to its successor.
    const emulator = await startGeminiEmulator({ now: () => new Date('2026-11-30') })
    onTestFinished(() => emulator.close())
    const ask = async (model: string) => {
      const contents = [
        inline(read('dogs'), 'image/jpeg'),
        'Segmentation masks for dogs: "box_2d", "mask", "label".',
      ]
      const { text = '' } = await clientOf(emulator).models.generateContent({ model, contents })
      return JSON.parse(text.replaceAll(/```(json)?/g, '')) as { box_2d: Box; mask: never; label: string }[]
    }
    type Box = [number, number, number, number]
    const [png, polygon] = [await ask('gemini-2.5-flash'), await ask('gemini-3.8-flash')]
    expect(polygon.map(({ label }) => label)).toEqual(['brown dog', 'brown dog'])
    expect(polygon.map(({ box_2d }) => box_2d)).toEqual(png.map(({ box_2d }) => box_2d))
    const one = await paintPngMask(png[0]!.mask, png[0]!.box_2d, 666, 1000)
    const other = await paintPolygon(polygon[0]!.mask, 666, 1000)
    const both = one.reduce((sum, value, i) => sum + (value & other[i]!), 0)
    const any = one.reduce((sum, value, i) => sum + (value | other[i]!), 0)
    expect(both / any).toBeGreaterThan(0.96)
  })
})

describe('answers about samples', () => {
  const scenes: Record<string, Scene> = {}
  beforeAll(async () => {
    for (const id of ids) scenes[id] = await analyzeImage(read(id))
  })

  test.each([
    ['dogs', 'How many dogs are there?', /^There are two dogs: one /],
    ['dogs', 'How many cats are in the picture?', 'No, I see no cats in this photo.'],
    ['dogs', 'Is there an animal?', /^Yes, there are two animals: /],
    ['dogs', 'What breed are the dogs?', /spaniels/],
    ['rocket', 'How many floodlights are there?', 'There are seven floodlights.'],
    ['rocket', 'Where is the rocket?', 'The rocket is at the bottom.'],
    ['coffee', 'What colour is the cup?', /red outside and white inside/],
    ['coffee', 'What color is the spoon?', 'The spoon is grey.'],
    ['coffee', 'Is there a fork?', 'No, I see no fork in this photo.'],
    ['astronaut', 'What is on the left?', /flag/],
    ['cat', 'What is this?', /tabby cat/],
    ['raccoon', 'What is the raccoon doing?', /lies among leaves/],
    ['raccoon', 'Which song fits?', /^A raccoon lies among/],
  ])('%s: %s', (id, question, answer) => {
    expect(answerQuestion(question, [scenes[id]!])).toMatch(answer)
  })

  test('finds things by name, colour and kind, and nothing for a name that is not there', () => {
    const find = (id: string, targets: string[]) =>
      namedTargets(
        scenes[id]!.things,
        `Detect these targets only, each once.\nTargets: ${JSON.stringify(targets)}`,
      )
    expect(find('dogs', ['dog'])).toHaveLength(2)
    expect(find('coffee', ['spoon', 'mug']).map(({ name }) => name)).toEqual(['cup', 'spoon'])
    expect(find('coffee', ['red saucer', 'blue cup']).map(({ name }) => name)).toEqual(['saucer'])
    expect(find('cat', ['dog'])).toEqual([])
    expect(
      namedTargets(scenes.cat!.things, 'Detect the most prominent objects, at most 25 objects.'),
    ).toHaveLength(5)
  })

  test('a comparison names both captions, and the regions of what differs', () => {
    const pair = [scenes.cat!, scenes.dogs!]
    const comparison = compare(pair)
    const summary = summarise(comparison, pair)
    for (const id of ['cat', 'dogs']) expect(summary).toContain(SAMPLES.find((one) => one.id === id)!.caption)
    const dogs = comparison.differences.find(({ description }) => description.includes('two dogs'))
    expect(dogs!.regions.map(({ image }) => image)).toEqual([1, 1])
    expect(comparison.similarities).toContain('Both photos have the labels animal and pet.')
    expect(compare([scenes.cat!, scenes.cat!]).differences).toEqual([])
  })
})

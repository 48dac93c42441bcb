import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { compare, summarise } from '../../../gemini-emulator/src/answer/compare.ts'
import { answerQuestion } from '../../../gemini-emulator/src/answer/question.ts'
import { KINDS } from '../../../gemini-emulator/src/detector/coco.ts'
import { detectedScene } from '../../../gemini-emulator/src/detector/detected-scene.ts'
import {
  type Detection,
  overlapOf,
  readDetections,
} from '../../../gemini-emulator/src/detector/detections.ts'
import { objectCoverage } from '../../../gemini-emulator/src/detector/object-mask.ts'
import type { Scene } from '../../../gemini-emulator/src/vision/analyze.ts'
import type { Picture } from '../../../gemini-emulator/src/vision/picture.ts'
import { segment } from '../../../gemini-emulator/src/vision/segment.ts'

type Recording = { width: number; height: number; rows: string; mirrored: string }

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/detections.json'), 'utf8'),
) as Record<string, Recording>

const numbers = (rows: string) => Float32Array.from(rows.split(/[ ,]/), Number)
const read = (id: string) => {
  const { rows, mirrored, ...size } = recorded[id]!
  return readDetections(numbers(rows), numbers(mirrored), size)
}

describe('readDetections()', () => {
  test('reads recorded output as objects in fractions of the picture, each once', () => {
    const named = (id: string) => read(id).map(({ kind }) => kind.name)
    expect(named('cat')).toEqual(['cat'])
    expect(named('astronaut')).toEqual(['person'])
    expect(named('coffee')).toEqual(['cup'])
    const [cup] = read('coffee')
    // The annotated cup, with its handle.
    expect(overlapOf(cup!.box, { xMin: 0.29, yMin: 0.04, xMax: 0.68, yMax: 0.77 })).toBeGreaterThan(0.7)
  })

  test('drops what the mirror image does not confirm, weak rows, and unknown kinds', () => {
    const size = { width: 512, height: 512 }
    const row = (x1: number, score: number, kind: number) => [x1, 100, x1 + 200, 300, score, kind]
    const rows = Float32Array.from(
      [row(0, 0.625, 15), row(250, 0.5, 16), row(0, 0.29, 1), row(9, 0.9, 80)].flat(),
    )
    const mirrored = Float32Array.from([row(312, 0.375, 15), row(312, 0.29, 1), row(303, 0.9, 80)].flat())
    expect(readDetections(rows, mirrored, size)).toEqual([
      { kind: KINDS[15], score: 0.5, box: { xMin: 0, yMin: 100 / 512, xMax: 200 / 512, yMax: 300 / 512 } },
    ])
  })

  test('the number of a kind is its place in COCO', () => {
    expect(KINDS).toHaveLength(80)
    expect([0, 15, 16, 41, 60, 79].map((number) => KINDS[number]!.name)).toEqual([
      'person',
      'cat',
      'dog',
      'cup',
      'dining table',
      'toothbrush',
    ])
  })
})

const SIZE = { width: 240, height: 160 }
const kindOf = (name: string) => KINDS.find((kind) => kind.name === name)!

/** A picture of discs on a grey ground. */
function discs(
  ...placed: [cx: number, cy: number, radius: number, colour: [number, number, number]][]
): Picture {
  const rgb = new Uint8Array(SIZE.width * SIZE.height * 3).fill(128)
  for (let y = 0; y < SIZE.height; y++)
    for (let x = 0; x < SIZE.width; x++)
      for (const [cx, cy, radius, colour] of placed)
        if (Math.hypot(x - cx, y - cy) < radius) rgb.set(colour, (y * SIZE.width + x) * 3)
  return { ...SIZE, copy: { ...SIZE, rgb } }
}

function detected(name: string, cx: number, cy: number, reach: number): Detection {
  const box = {
    xMin: (cx - reach) / SIZE.width,
    yMin: (cy - reach) / SIZE.height,
    xMax: (cx + reach) / SIZE.width,
    yMax: (cy + reach) / SIZE.height,
  }
  return { kind: kindOf(name), score: 0.5, box }
}

async function sceneOf(picture: Picture, detections: Detection[]): Promise<Scene> {
  return (await detectedScene(picture, detections, segment(picture.copy)))!
}

describe('objectCoverage()', () => {
  test('covers the object in a loose box, and not the ground around it', () => {
    const { copy } = discs([100, 80, 40, [200, 40, 30]])
    const coverage = objectCoverage(copy, segment(copy), detected('apple', 102, 79, 46).box)
    let [inside, outside] = [0, 0]
    for (const [i, value] of coverage.values.entries()) {
      const [x, y] = [(i % coverage.width) + coverage.left, Math.floor(i / coverage.width) + coverage.top]
      if (value < 0.5) continue
      if (Math.hypot(x - 100, y - 80) < 40) inside++
      else outside++
    }
    expect(inside).toBeGreaterThan(0.95 * Math.PI * 40 ** 2)
    expect(outside).toBeLessThan(0.05 * Math.PI * 40 ** 2)
  })
})

describe('answers about detected objects', () => {
  let one: Scene
  let other: Scene
  beforeAll(async () => {
    one = await sceneOf(
      discs([60, 80, 40, [200, 40, 30]], [180, 60, 28, [240, 220, 40]], [190, 120, 25, [40, 60, 200]]),
      [detected('cup', 180, 60, 30), detected('cat', 60, 80, 42), detected('cup', 190, 120, 27)],
    )
    other = await sceneOf(discs([180, 60, 28, [240, 220, 40]]), [detected('cup', 180, 60, 30)])
  })

  test('the caption names living things first, and counts', () => {
    expect(one.words!.caption).toBe('A cat on the left, with two cups.')
    expect(one.words!.altText).toBe('Photo of a cat and two cups')
    expect(one.words!.labels).toEqual(['cat', 'cup', 'animal', 'tableware', 'photograph'])
  })

  test.each([
    ['How many cups are there?', 'There are two cups: one at the top right and one at the bottom right.'],
    ['How many mugs are there?', 'There are two mugs: one at the top right and one at the bottom right.'],
    ['What is on the left?', 'On the left I see a cat.'],
    ['What colour is the cat?', 'The cat is red.'],
    ['Is there an animal?', 'Yes, there is one animal on the left.'],
    ['Is there a dog?', 'The small local model does not see a dog in this photo.'],
    ['Where is the yellow cup?', 'The cup is at the top right.'],
    ['What is in this photo?', 'A cat on the left, with two cups.'],
    ['What is the cat doing?', 'The small local model only finds objects: a cat and two cups.'],
    [
      'What is in the background?',
      'The small local model only finds objects: a cat and two cups. The background is mostly grey.',
    ],
    ['How many objects are there?', 'I see three objects: a cat and two cups.'],
  ])('%s', (question, answer) => {
    expect(answerQuestion(question, [one])).toBe(answer)
  })

  test('comparisons count by kind and have the boxes of what differs', () => {
    const { differences, similarities } = compare([one, other])
    expect(differences.map(({ description }) => description)).toEqual([
      'Image 1 shows a cat, image 2 does not.',
      'Image 1 shows two cups, image 2 shows one cup.',
    ])
    expect(differences[1]!.regions.map(({ image }) => image)).toEqual([0, 0, 1])
    expect(similarities).toEqual(['Both photos have the labels cup, tableware and photograph.'])
    expect(summarise({ differences, similarities }, [one, other])).toContain(
      'Image 2: A cup at the top right.',
    )
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../../functions/src/errors.ts'
import { readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'

const folder = new URL('../../../fixtures/answers/', import.meta.url)

const TEAPOT = ['teapot', [120, 80, 560, 310]]
const TRAY = ['tray', [400, 520, 705, 900]]

/**
 * By file of test/fixtures/answers: the state and each object with the form of its mask, or the error
 * message.
 */
const EXPECTED: Record<string, unknown> = {
  'boxes-fenced': ['read', TEAPOT, TRAY],
  'boxes-between-advice': ['read', TEAPOT, TRAY],
  'masks-fenced': ['read', [...TEAPOT, 'png'], [...TRAY, 'png']],
  'one-object-without-list': ['read', [...TEAPOT, 'png']],
  'label-first': ['read', TEAPOT, TRAY],
  'label-key-twice': ['read', [`north 83°14'34"`, TEAPOT[1]], TRAY],
  'label-in-latex': ['read', ['frac{r_2^2}{r_1^2}=frac{d_2}{d_1}', TEAPOT[1]]],
  'label-missing': ['read', ['object', TEAPOT[1]]],
  'box-key-without-beginning': ['read', [...TEAPOT, 'png']],
  'box-as-text-cut': [
    'salvaged',
    ['A teapot, seen from the side.', TEAPOT[1]],
    ['A tray with [two] cups.', TRAY[1]],
  ],
  'boxes-in-code': ['salvaged', TEAPOT],
  'boxes-in-space': 'Cannot read the objects: 2 x box-missing',
  points: 'Cannot read the objects: 2 x point-only',
  'points-in-two-blocks': 'Cannot read the objects: 2 x point-only',
  tokens: ['read', [...TEAPOT, 'mask-tokens']],
  'tokens-with-tail': ['read', [...TEAPOT, 'mask-tokens']],
  'tokens-announced-only': ['read', [...TEAPOT, 'mask-tokens']],
  'tokens-alone': 'Cannot read the objects: 1 x object-cut',
  'tokens-run-into-box': 'Cannot read the objects: 1 x object-cut',
  'quotes-lost': ['salvaged', [...TEAPOT, 'png'], [...TRAY, 'mask-tokens']],
  'outline-without-box': 'Cannot read the objects: 1 x box-missing',
  'outline-in-string': ['read', ['teapot', [200, 100, 400, 300], 'polygon']],
  'outline-in-string-without-brackets': 'Cannot read the objects: 1 x box-missing',
  'neither-box-nor-mask': 'Cannot read the objects: 1 x box-missing',
  'png-alone': 'Cannot read the objects: its 143 characters hold no list of objects',
  'png-invented': 'Cannot read the objects: its 227 characters hold no list of objects',
  'png-then-garbage': ['salvaged', ['object', TEAPOT[1], 'png']],
  'endless-numbers': 'Cannot read the objects: 1 x object-cut',
  'endless-digits': 'Cannot read the objects: 1 x object-cut',
  placeholder: 'Cannot read the objects: 1 x object-cut',
  'denial-in-words': 'Cannot read the objects: its 27 characters hold no list of objects',
}

function reading(text: string): unknown {
  try {
    const { state, objects } = readLocation({ text, truncated: false }, 100)
    return [
      state,
      ...objects.map(({ label, box2d, mask, maskReason }) => {
        const form = mask?.form ?? maskReason
        return form ? [label, box2d, form] : [label, box2d]
      }),
    ]
  } catch (error) {
    if (error instanceof VisionError) return error.message
    throw error
  }
}

describe('readLocation() of each fault of real answers', () => {
  const files = readdirSync(folder).map((file) => file.replace('.txt', ''))

  it('has an expected reading for each file', () => {
    expect(files.toSorted()).toEqual(Object.keys(EXPECTED).toSorted())
  })

  it.each(files)('%s', (file) => {
    expect(reading(readFileSync(new URL(`${file}.txt`, folder), 'utf8'))).toEqual(EXPECTED[file])
  })
})

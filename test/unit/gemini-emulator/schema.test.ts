import type { GenerateContentConfig } from '@google/genai'
import { Type } from '@google/genai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { drawScene } from '../../support/scene.ts'
import { emulated, inline } from './emulated.ts'

const { png } = await drawScene({
  width: 400,
  height: 300,
  background: 'white',
  shapes: [
    { kind: 'circle', colour: 'red', cx: 100, cy: 100, radius: 60 },
    { kind: 'rectangle', colour: 'blue', x: 220, y: 160, width: 150, height: 100 },
  ],
})

async function ask(
  config: GenerateContentConfig,
  text = 'Describe this picture.',
  model = 'gemini-3.8-flash',
) {
  const { ai } = await emulated()
  const answer = await ai.models.generateContent({
    model,
    contents: [inline(png), { text }],
    config: { responseMimeType: 'application/json', ...config },
  })
  return answer.text!
}

const box2d = z.tuple([z.int(), z.int(), z.int(), z.int()])

describe('responseJsonSchema', () => {
  test.each<[string, z.ZodType, unknown]>([
    [
      'a description',
      z.object({
        caption: z.string(),
        altText: z.string().max(150),
        labels: z.array(z.string()).max(4),
        text: z.string(),
      }),
      {
        caption:
          'A blue rectangle at the bottom right and a red circle at the top left on a white background.',
        altText: 'Blue rectangle and red circle on white',
        labels: ['blue rectangle', 'rectangle', 'blue', 'red circle'],
        text: '',
      },
    ],
    [
      'objects with boxes, nested',
      z.object({
        objects: z.array(
          z.object({
            label: z.string(),
            box_2d: box2d,
            colour: z.enum(['red', 'green', 'blue']),
            confidence: z.number().min(0).max(1),
          }),
        ),
        count: z.int(),
      }),
      {
        objects: [
          { label: 'blue rectangle', box_2d: [533, 550, 867, 925], colour: 'blue', confidence: 0.9 },
          { label: 'red circle', box_2d: [133, 100, 533, 400], colour: 'red', confidence: 0.9 },
        ],
        count: 2,
      },
    ],
    [
      'a list of boxes as objects, with custom property names',
      z.array(
        z.object({
          name: z.string(),
          boundingBox: z.object({ xMin: z.int(), yMin: z.int(), xMax: z.int(), yMax: z.int() }),
        }),
      ),
      [
        { name: 'blue rectangle', boundingBox: { xMin: 550, yMin: 533, xMax: 925, yMax: 867 } },
        { name: 'red circle', boundingBox: { xMin: 100, yMin: 133, xMax: 400, yMax: 533 } },
      ],
    ],
    [
      'a class from an enum',
      z.object({
        category: z.enum(['animal', 'geometric_circle', 'circle', 'other']),
        hasTriangle: z.boolean(),
        hasRedCircle: z.boolean(),
        isPhoto: z.boolean(),
      }),
      { category: 'circle', hasTriangle: false, hasRedCircle: true, isPhoto: false },
    ],
    [
      'the fallback class of an enum',
      z.object({ category: z.enum(['cat', 'dog', 'other']) }),
      { category: 'other' },
    ],
    [
      'nullable values, and numbers within bounds',
      z.object({ note: z.null(), year: z.int().min(1990).max(2030), level: z.number().max(-1) }),
      { note: null, year: 1990, level: -1 },
    ],
    [
      'lists with a minimum length',
      z.object({ tags: z.array(z.string()).min(12) }),
      { tags: expect.arrayContaining(['red circle', 'blue', 'drawing']) as unknown },
    ],
    [
      'a union, and optional properties',
      z.object({
        answer: z.union([z.string(), z.null()]),
        size: z.object({ width: z.int(), height: z.int() }).optional(),
      }),
      { answer: expect.any(String), size: { width: 400, height: 300 } },
    ],
  ])('fills %s', async (_case, schema, expected) => {
    const value = schema.parse(JSON.parse(await ask({ responseJsonSchema: z.toJSONSchema(schema) })))
    expect(value).toEqual(expected)
  })

  test('terminates for a recursive schema', async () => {
    type Node = { label: string; objects?: Node[] | undefined }
    const node: z.ZodType<Node> = z.lazy(() =>
      z.object({ label: z.string(), objects: z.array(node).max(1).optional() }),
    )
    const value = node.parse(JSON.parse(await ask({ responseJsonSchema: z.toJSONSchema(node) })))
    expect(value).toMatchObject({ label: 'blue rectangle', objects: [{ label: 'blue rectangle' }] })
  })

  test('answers a question in the property named answer', async () => {
    const schema = z.object({ answer: z.string() })
    const text = await ask({ responseJsonSchema: z.toJSONSchema(schema) }, 'How many circles are there?')
    expect(JSON.parse(text)).toEqual({ answer: 'There is one circle.' })
  })

  test('returns masks in the type of the schema', async () => {
    const polygon = z.array(
      z.object({ box_2d: box2d, label: z.string(), mask: z.array(z.tuple([z.int(), z.int()])) }),
    )
    const found = polygon.parse(
      JSON.parse(await ask({ responseJsonSchema: z.toJSONSchema(polygon) }, 'Segment the red items.')),
    )
    expect(found).toMatchObject([{ label: 'red circle', box_2d: [133, 100, 533, 400] }])
    expect(found[0]!.mask.length).toBeGreaterThan(8)
    const uri = z.array(z.object({ box_2d: box2d, label: z.string(), mask: z.string() }))
    const masks = uri.parse(
      JSON.parse(await ask({ responseJsonSchema: z.toJSONSchema(uri) }, 'Segment.', 'gemini-2.5-flash-lite')),
    )
    expect(masks[0]!.mask).toMatch(/^data:image\/png;base64,/)
  })
})

describe('responseSchema', () => {
  test('accepts OpenAPI types, with int64 bounds as strings', async () => {
    const items = {
      type: Type.OBJECT,
      properties: {
        label: { type: Type.STRING },
        box_2d: { type: Type.ARRAY, items: { type: Type.INTEGER } },
      },
      propertyOrdering: ['box_2d', 'label'],
    }
    const text = await ask({ responseSchema: { type: Type.ARRAY, items, maxItems: '1' } })
    expect(JSON.parse(text)).toEqual([{ box_2d: [533, 550, 867, 925], label: 'blue rectangle' }])
    expect(text.indexOf('box_2d')).toBeLessThan(text.indexOf('label'))
  })

  test('returns one enum value as plain text', async () => {
    const responseSchema = { type: Type.STRING, enum: ['square', 'circle'] }
    expect(await ask({ responseMimeType: 'text/x.enum', responseSchema })).toBe('circle')
  })
})

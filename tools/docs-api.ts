import { annotateImageRequest, annotateImageResult } from '../functions/src/api/annotate-image.ts'
import { answerQuestionRequest, answerQuestionResult } from '../functions/src/api/answer-question.ts'
import { compareImagesRequest, compareImagesResult } from '../functions/src/api/compare-images.ts'
import { describeImageRequest, describeImageResult } from '../functions/src/api/describe-image.ts'
import { detectObjectsRequest, detectObjectsResult } from '../functions/src/api/detect-objects.ts'
import { deleteMyDataRequest, deleteUserDataRequest, erasureResult } from '../functions/src/api/erasure.ts'
import { errorDetails } from '../functions/src/api/error-details.ts'
import { imageRef } from '../functions/src/api/image-ref.ts'
import { accountSchema } from '../functions/src/api/results.ts'
import { table } from './docs-table.ts'
import { type Shape, shapeOf, typeOf, valuesOf } from './schema-types.ts'

const account = shapeOf(accountSchema, 'output')

/** The tables of docs/api.md, by the name in their marker. */
export const apiTables: Record<string, () => string> = {
  imageReference: () => fields({ ...shapeOf(imageRef, 'input'), title: '' }),
  account: () => fields(account),
  errorDetails: () => fields(shapeOf(errorDetails, 'output')),
  answerQuestionRequest: () => fields(shapeOf(answerQuestionRequest, 'input')),
  answerQuestionResult: () => fields(own(shapeOf(answerQuestionResult, 'output'))),
  compareImagesRequest: () => fields(shapeOf(compareImagesRequest, 'input')),
  compareImagesResult: () => fields(own(shapeOf(compareImagesResult, 'output'))),
  detectObjectsRequest: () => fields(shapeOf(detectObjectsRequest, 'input')),
  detectObjectsResult: () => fields(own(shapeOf(detectObjectsResult, 'output'))),
  describeImageRequest: () => fields(shapeOf(describeImageRequest, 'input')),
  describeImageResult: () => fields(own(shapeOf(describeImageResult, 'output'))),
  annotateImageRequest: () => fields(shapeOf(annotateImageRequest, 'input')),
  annotateImageResult: () => fields(shapeOf(annotateImageResult, 'output')),
  deleteMyDataRequest: () => fields(shapeOf(deleteMyDataRequest, 'input')),
  deleteUserDataRequest: () => fields(shapeOf(deleteUserDataRequest, 'input')),
  erasureResult: () => fields(shapeOf(erasureResult, 'output')),
}

/** A result without the fields that all results have. */
function own({ properties = {}, ...shape }: Shape): Shape {
  const entries = Object.entries(properties).filter(([name]) => !account.properties?.[name])
  return { ...shape, properties: Object.fromEntries(entries) }
}

function fields(shape: Shape): string {
  const rows = insides(shape, '').filter(
    ([name = '', type = '', text]) => text || name.endsWith('?') || !OBJECT.test(type),
  )
  return table(
    ['Field', 'Type', 'Meaning'],
    rows.map(([name, ...rest]) => [`\`${name}\``, ...rest]),
  )
}

/** Objects need no row of their own if they have no description: their fields have rows. */
const OBJECT = /^(list of )?object$/

/** A row for each field. Nested fields have a path, `objects[].box`. Optional fields end with "?". */
function rowsOf({ properties = {}, required }: Shape, path: string): string[][] {
  return Object.entries(properties).flatMap(([name, shape]) => {
    const isOptional = required !== undefined && !required.includes(name)
    const row = [`${path}${name}${isOptional ? '?' : ''}`, shortType(shape), meaning(shape)]
    return [row, ...insides(shape, `${path}${name}.`)]
  })
}

function insides(shape: Shape, path: string): string[][] {
  if (shape.title) return []
  if (shape.anyOf) return shape.anyOf.flatMap((one) => insides(one, path))
  if (shape.items) return insides(shape.items, path.replace(/\.$/, '[].'))
  return rowsOf(shape, path)
}

function shortType(shape: Shape): string {
  if (shape.title) return shape.title
  if (shape.anyOf) return [...new Set(shape.anyOf.map(shortType))].join(' or ')
  if (shape.items) return `list of ${shortType(shape.items)}`
  if (shape.properties) return 'object'
  if (shape.type === 'object') return `counts by reason`
  if (shape.enum || shape.const !== undefined) return `\`${typeOf(shape)}\``
  return shape.type ?? typeOf(valuesOf(shape))
}

function meaning(shape: Shape): string {
  return [shape.description, limits(shape)].filter(Boolean).join(' ')
}

const whole = new Intl.NumberFormat('en')

function limits(shape: Shape): string {
  const { anyOf, items, minItems, maxItems, maxLength } = shape
  if (shape.title) return ''
  // If a list is an alternative, its limits include those of a single value.
  if (anyOf) return limits(anyOf.find((one) => one.items) ?? anyOf[0]!)
  if (maxLength !== undefined) return `Up to ${whole.format(maxLength)} characters.`
  const each = items && !items.properties ? limits(items).toLowerCase() : ''
  if (maxItems === undefined) return each
  return `${minItems ?? 0} to ${maxItems} of them${each ? `, each ${each}` : '.'}`
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'

/** The schemas of docs/schemas that apps use. */
const FILES = [
  'annotation',
  'tombstone',
  'error-details',
  'answer-question-request',
  'answer-question-chunk',
  'answer-question-result',
  'compare-images-request',
  'compare-images-result',
  'detect-objects-request',
  'detect-objects-result',
  'describe-image-request',
  'describe-image-result',
  'annotate-image-request',
  'annotate-image-result',
  'delete-my-data-request',
  'erasure-result',
]

/** The names of types without a title, by their first place. */
const NAMES: Record<string, string> = {
  'Annotation.error.limit': 'ErrorLimit',
  'Annotation.image': 'AnnotatedImage',
  'Annotation.objects.mask': 'StoredMask',
  'Annotation.dropped': 'DroppedObjects',
  'Annotation.overlay': 'StoredOverlay',
  'Annotation.model': 'AnnotationModel',
  'Annotation.steps.draw': 'DrawStep',
  'Annotation.lease': 'Lease',
  'AnswerQuestionRequest.images': 'ImageRef',
  'AnswerQuestionRequest.images.inlineData': 'InlineData',
  'AnswerQuestionRequest.history': 'Turn',
  'AnswerQuestionResult.model': 'ModelIdentity',
  'AnswerQuestionResult.usage': 'Usage',
  'CompareImagesResult.differences': 'Difference',
  'CompareImagesResult.differences.regions': 'DifferenceRegion',
  'CompareImagesResult.dropped': 'DroppedDifferences',
  'DescribeImageResult.dropped': 'DroppedDescriptions',
  'DetectObjectsResult.objects': 'DetectedObject',
  'DetectObjectsResult.objects.mask': 'DetectedMask',
  'DetectObjectsResult.overlay': 'DetectedOverlay',
  'DetectObjectsResult.stored': 'StoredDetection',
  'AnnotateImageResult.error': 'AnnotateImageError',
  'ErasureResult.deleted': 'DeletedCounts',
  'ErrorDetails.issues': 'RequestIssue',
}

type Node = {
  title?: string
  description?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  items?: Node
  anyOf?: Node[]
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: Node | boolean
  $ref?: string
}

/**
 * One schema for all types of apps, in which equal types are one definition.
 * - Text with a fixed set of values is plain text in results and documents, because generated enumerations
 *   fail on values that later versions may add.
 * - The three forms of an image reference are one type with optional fields.
 * - A field that is a number or text is left out: the code that quicktype 26 generates for Kotlin cannot read it.
 * @throws Error for a type that has no name
 */
export function mobileSchema(): { definitions: Record<string, Node> } {
  const definitions: Record<string, Node> = {}
  const nameOfShape = new Map<string, string>()

  function define(node: Node, path: string): Node {
    const shape = JSON.stringify(shapeOf(node))
    const known = nameOfShape.get(shape)
    if (known) return { $ref: `#/definitions/${known}` }
    const name = NAMES[path] ?? node.title
    if (!name) throw new Error(`Cannot name the type of ${path}: add it to NAMES in tools/mobile-schema.ts`)
    if (definitions[name])
      throw new Error(
        `Cannot name the type of ${path}: ${name} is another type. Choose another name in NAMES`,
      )
    nameOfShape.set(shape, name)
    const { required, properties = {} } = node
    const description = node.description?.replace(' Timestamps of Firestore are ISO 8601 text here.', '')
    definitions[name] = {} // Keeps the order of the types: outer types first.
    const kept = Object.entries(properties).filter(([, inner]) => !isMixed(inner))
    const converted = kept.map(([key, inner]) => [key, convert(inner, `${path}.${key}`)])
    definitions[name] = {
      type: 'object',
      ...(description !== undefined && { description }),
      properties: Object.fromEntries(converted),
      ...(required && { required: required.filter((key) => !isMixed(properties[key]!)) }),
    }
    return { $ref: `#/definitions/${name}` }
  }

  function convert(node: Node, path: string): Node {
    const { description } = node
    const described = (converted: Node) =>
      description === undefined ? converted : { ...converted, description }
    if (node.anyOf) return described(convertUnion(node.anyOf, path))
    if (node.properties) return described(define(node, path))
    if (node.items) return described({ type: 'array', items: convert(node.items, path) })
    if (typeof node.additionalProperties === 'object')
      return described({ type: 'object', additionalProperties: convert(node.additionalProperties, path) })
    const values = node.enum ?? (node.const === undefined ? undefined : [node.const])
    if (values) return convertValues(values, description)
    const { type, format } = node
    return described({ ...(type !== undefined && { type }), ...(format === 'date-time' && { format }) })
  }

  function convertUnion(members: Node[], path: string): Node {
    const flat = members.flatMap((member) => (member.anyOf && !member.items ? member.anyOf : [member]))
    const list = flat.find(({ items }) => items)
    if (list) return convert(list, path)
    const objects = flat.filter(({ properties }) => properties)
    if (objects.length < 2) {
      const converted = flat.map((member) => convert(member, path))
      return converted.length === 1 ? converted[0]! : { anyOf: converted }
    }
    const properties = Object.assign({}, ...objects.map((member) => member.properties)) as Record<
      string,
      Node
    >
    return define(
      { title: 'ImageRef', description: 'Exactly one of the fields.', properties, required: [] },
      path,
    )
  }

  for (const file of FILES) {
    const node = JSON.parse(readFileSync(join(root, 'docs/schemas', `${file}.json`), 'utf8')) as Node
    define(node, node.title!)
  }
  return { definitions }
}

/** Whether the value is a number or text. */
function isMixed({ type }: Node): boolean {
  return Array.isArray(type) && type.length > 1 && !type.includes('null')
}

function convertValues(values: unknown[], description: string | undefined): Node {
  if (values.every((value) => typeof value === 'number'))
    return { type: 'integer', ...(description && { description }) }
  if (values.every((value) => typeof value === 'boolean'))
    return { type: 'boolean', ...(description && { description }) }
  const listed = `${values.length === 1 ? 'Always' : 'One of'} ${values.map((value) => JSON.stringify(value)).join(', ')}.`
  return { type: 'string', description: [description, listed].filter(Boolean).join(' ') }
}

/** What decides whether two types are equal: not descriptions, titles or limits. */
function shapeOf(node: Node): unknown {
  const { type, format, items, anyOf, properties, required, additionalProperties } = node
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const])
  const fields =
    properties &&
    Object.entries(properties).map(([name, inner]) => [name, shapeOf(inner), required?.includes(name)])
  return [
    type,
    format === 'date-time',
    values,
    items && shapeOf(items),
    anyOf?.map(shapeOf),
    fields,
    typeof additionalProperties === 'object' && shapeOf(additionalProperties),
  ]
}

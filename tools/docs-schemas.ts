import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { annotateImageRequest, annotateImageResult } from '../functions/src/api/annotate-image.ts'
import { annotationSchema, tombstoneSchema } from '../functions/src/api/annotation-document.ts'
import {
  answerChunk,
  answerQuestionRequest,
  answerQuestionResult,
} from '../functions/src/api/answer-question.ts'
import {
  backfillRequest,
  backfillResult,
  startBackfillRequest,
  sweepNowRequest,
  sweepNowResult,
} from '../functions/src/api/backfill.ts'
import { compareImagesRequest, compareImagesResult } from '../functions/src/api/compare-images.ts'
import { describeImageRequest, describeImageResult } from '../functions/src/api/describe-image.ts'
import { detectObjectsRequest, detectObjectsResult } from '../functions/src/api/detect-objects.ts'
import { deleteMyDataRequest, deleteUserDataRequest, erasureResult } from '../functions/src/api/erasure.ts'
import { errorDetails } from '../functions/src/api/error-details.ts'
import { root } from './paths.ts'
import { titleOf } from './schema-types.ts'

type Described = { schema: z.ZodType; description: string }

const request = (name: string, schema: z.ZodType): Described => ({
  schema,
  description: `The request of ${name}. The functions check more than this schema can say: docs/api.md.`,
})
const result = (name: string, schema: z.ZodType): Described => ({
  schema,
  description: `The result of ${name}.`,
})

/** The schemas of docs/schemas by file name without `.json`. */
const SCHEMAS: Record<string, Described> = {
  annotation: {
    schema: annotationSchema,
    description: 'The document images/{imageId} of a photo. Timestamps of Firestore are ISO 8601 text here.',
  },
  tombstone: {
    schema: tombstoneSchema,
    description:
      'The document images/{imageId} of a deleted photo. Timestamps of Firestore are ISO 8601 text here.',
  },
  'error-details': { schema: errorDetails, description: 'The details of every error of a callable.' },
  'answer-question-request': request('answerQuestion', answerQuestionRequest),
  'answer-question-chunk': {
    schema: answerChunk,
    description: 'A message of a streamed answerQuestion. The texts together are `answer` of the result.',
  },
  'answer-question-result': result('answerQuestion', answerQuestionResult),
  'compare-images-request': request('compareImages', compareImagesRequest),
  'compare-images-result': result('compareImages', compareImagesResult),
  'detect-objects-request': request('detectObjects', detectObjectsRequest),
  'detect-objects-result': result('detectObjects', detectObjectsResult),
  'describe-image-request': request('describeImage', describeImageRequest),
  'describe-image-result': result('describeImage', describeImageResult),
  'annotate-image-request': request('annotateImage', annotateImageRequest),
  'annotate-image-result': result('annotateImage', annotateImageResult),
  'delete-my-data-request': request('deleteMyData', deleteMyDataRequest),
  'delete-user-data-request': request('deleteUserData', deleteUserDataRequest),
  'erasure-result': result('deleteMyData and deleteUserData', erasureResult),
  'sweep-now-request': request('sweepNow', sweepNowRequest),
  'sweep-now-result': result('sweepNow', sweepNowResult),
  'start-backfill-request': request('startBackfill', startBackfillRequest),
  'stop-backfill-request': request('stopBackfill', backfillRequest),
  'backfill-result': result('startBackfill and stopBackfill', backfillResult),
}

const isRequest = (name: string) => name.endsWith('-request')

/**
 * The JSON Schema of a request, of a result or of a document. Requests are closed, since the functions reject
 * unknown fields. Later versions may add fields to all others, so readers must accept them.
 */
export function jsonSchema(name: string, { schema, description }: Described): object {
  const { $schema, ...generated } = z.toJSONSchema(schema, {
    io: isRequest(name) ? 'input' : 'output',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: node }) => {
      const title = titleOf(zodSchema)
      if (title) node.title = title
      if (zodSchema instanceof z.ZodDate) Object.assign(node, { type: 'string', format: 'date-time' })
      if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum // Zod's limit of every integer.
      if (node.format === 'base64') delete node.format // Not a format of JSON Schema; `contentEncoding` says it.
      if (!isRequest(name) && node.additionalProperties === false) delete node.additionalProperties
    },
  })
  return { $schema, title: pascalCase(name), description, ...generated }
}

const pascalCase = (name: string) =>
  name.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())

/** The files of docs/schemas, with their current and their regenerated content. */
export function schemaFiles(): Array<{ path: string; found: string; expected: string }> {
  return Object.entries(SCHEMAS).map(([name, described]) => {
    const path = join(root, 'docs/schemas', `${name}.json`)
    const found = existsSync(path) ? readFileSync(path, 'utf8') : ''
    return { path, found, expected: `${JSON.stringify(jsonSchema(name, described), null, 2)}\n` }
  })
}

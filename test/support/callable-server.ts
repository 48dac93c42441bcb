import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type CallableRequest, type CallableResponse, HttpsError, onCall } from 'firebase-functions/https'
import type { z } from 'zod'
import { annotateImageRequest } from '../../functions/src/api/annotate-image.ts'
import { answerQuestionRequest } from '../../functions/src/api/answer-question.ts'
import { compareImagesRequest } from '../../functions/src/api/compare-images.ts'
import { describeImageRequest } from '../../functions/src/api/describe-image.ts'
import { detectObjectsRequest } from '../../functions/src/api/detect-objects.ts'
import { deleteMyDataRequest } from '../../functions/src/api/erasure.ts'

/** The request schemas of the functions. An invalid request is rejected as by the functions. */
const REQUESTS = {
  answerQuestion: answerQuestionRequest,
  compareImages: compareImagesRequest,
  detectObjects: detectObjectsRequest,
  describeImage: describeImageRequest,
  annotateImage: annotateImageRequest,
  deleteMyData: deleteMyDataRequest,
} satisfies Record<string, z.ZodType>

type Name = keyof typeof REQUESTS
export type Handler = (request: CallableRequest<never>, response: CallableResponse) => unknown

/** Serves callables over HTTP like the emulator, but in this process. `handlers` by their deployed names. */
export async function serveCallables(handlers: Record<string, Handler>) {
  const app = express()
  app.use(express.json({ limit: '32mb' }))
  for (const [name, handle] of Object.entries(handlers)) {
    const schema = REQUESTS[name.split('-').at(-1) as Name]
    const callable = onCall((request, response) => {
      const checked = schema.safeParse(request.data)
      if (checked.success) return handle(request as CallableRequest<never>, response!)
      const issues = checked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      throw failure('invalid-argument', { reason: 'invalid-request', retryable: false, issues })
    })
    app.post(`/demo-firesight/us-central1/${name}`, callable as never)
  }
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An error as the functions return it. */
export function failure(
  status: ConstructorParameters<typeof HttpsError>[0],
  details: { reason: string; retryable: boolean; [key: string]: unknown },
): HttpsError {
  return new HttpsError(status, `In words: ${details.reason}.`, { requestId: 'r1', ...details })
}

import express, { type ErrorRequestHandler, type Express, type Request } from 'express'
import { ApiError, invalid } from './api/api-error.ts'
import { requireIdentity, requireKey } from './api/authenticate.ts'
import { type Prepare, type State, serve } from './api/call.ts'
import { countTokens, generateContent } from './api/generate.ts'
import { describeModel, findModel, listModels } from './api/models.ts'
import { readJson } from './api/read-json.ts'
import type { Method } from './scripts/script.ts'

// Above the limit of the API, so that a request over that limit gets the API's own error.
const MAX_BODY_BYTES = 110 * 1024 * 1024

/**
 * The routes of https://ai.google.dev/api, and those of Vertex AI for `generateContent` and `countTokens`.
 */
export function createApp(state: State): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(express.raw({ type: () => true, limit: MAX_BODY_BYTES }))

  app.post('/upload/:version/files', serve(state, 'upload', prepareUpload(state)))
  app.put('/upload/:version/files', serve(state, 'upload', prepareUpload(state)))
  app.get('/:version/files', serve(state, 'listFiles', listFiles(state)))
  app.get('/:version/files/:id', serve(state, 'getFile', getFile(state)))
  app.delete('/:version/files/:id', serve(state, 'deleteFile', deleteFile(state)))
  app.get('/:version/models', serve(state, 'listModels', listAllModels(state)))
  app.get('/:version/models/:model', serve(state, 'getModel', getModel(state)))

  const vertex = '/:version/projects/:project/locations/:location/publishers/google'
  for (const [path, authenticate] of [
    ['/:version', requireKey],
    [vertex, requireIdentity],
  ] as const) {
    app.post(`${path}/models/:action`, (request, response, next) => {
      const [, model, method] = /^(.*):(\w+)$/.exec(request.params.action) ?? []
      const handler = GENERATORS[method as keyof typeof GENERATORS]
      if (!model || !handler) return next()
      const prepare: Prepare = (call) => {
        authenticate(request)
        return handler(state, call, model)
      }
      return serve(state, method as Method, prepare)(request, response, next)
    })
  }

  addControls(app, state)
  app.use((request) => {
    throw new ApiError('NOT_FOUND', `The emulator does not implement ${request.method} ${request.path}.`)
  })
  app.use(sendError)
  return app
}

const GENERATORS = { generateContent, streamGenerateContent: generateContent, countTokens }

function prepareUpload({ uploads }: State): Prepare {
  return ({ request, response, baseUrl }) => {
    if (request.query.upload_id === undefined) requireKey(request)
    return () => uploads.handle(request, response, baseUrl)
  }
}

function listFiles({ files }: State): Prepare {
  return ({ request, response, baseUrl }) => {
    requireKey(request)
    const { page, nextPageToken } = paginate(files.list(), request, 10)
    return () => {
      response.json({ files: page.map((file) => files.describe(file, baseUrl)), ...nextPageToken })
    }
  }
}

function getFile({ files }: State): Prepare {
  return ({ request, response, baseUrl }) => {
    requireKey(request)
    return () => {
      response.json(files.describe(files.get(String(request.params.id)), baseUrl))
    }
  }
}

function deleteFile({ files }: State): Prepare {
  return ({ request, response }) => {
    requireKey(request)
    return () => {
      files.delete(String(request.params.id))
      response.json({})
    }
  }
}

function listAllModels({ now }: State): Prepare {
  return ({ request, response }) => {
    requireKey(request)
    const { page, nextPageToken } = paginate(listModels(now()), request, 50)
    return () => {
      response.json({ models: page, ...nextPageToken })
    }
  }
}

function getModel({ now }: State): Prepare {
  return ({ request, response, apiVersion, entry }) => {
    requireKey(request)
    const name = String(request.params.model)
    entry.model = name
    findModel(name, { now: now(), apiVersion, isVertexAi: false })
    return () => {
      response.json(describeModel(name))
    }
  }
}

/** Returns one page of a list. A page token is the start index of the next page. */
function paginate<T>(items: T[], { query }: Request, defaultSize: number) {
  const size = Number(query.pageSize ?? defaultSize)
  const start = Number(query.pageToken ?? 0)
  if (!Number.isInteger(size) || size < 0 || !Number.isInteger(start) || start < 0)
    throw invalid('Invalid page: page_size must be a positive integer, page_token a token of the last page.')
  const end = start + (size === 0 ? defaultSize : Math.min(size, 1000))
  return {
    page: items.slice(start, end),
    nextPageToken: end < items.length ? { nextPageToken: String(end) } : {},
  }
}

function addControls(app: Express, { scripts, chaos, journal }: State): void {
  app.post('/emulator/v1/scripts', (request, response) => {
    response.json(scripts.post(readJson(request.body as Buffer)))
  })
  app.delete('/emulator/v1/scripts/:id', (request, response) => {
    scripts.delete(request.params.id)
    response.json({})
  })
  app.delete('/emulator/v1/scripts', (_request, response) => {
    scripts.clear()
    response.json({})
  })
  app.post('/emulator/v1/faults', (request, response) => {
    chaos.post(readJson(request.body as Buffer))
    response.json({})
  })
  app.get('/emulator/v1/faults', (_request, response) => {
    response.json(chaos.counts())
  })
  app.delete('/emulator/v1/faults', (_request, response) => {
    chaos.end()
    response.json({})
  })
  app.get('/emulator/v1/requests', (_request, response) => {
    response.json({ requests: journal.list() })
  })
  app.delete('/emulator/v1/requests', (_request, response) => {
    journal.clear()
    response.json({})
  })
}

const sendError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) return next(error)
  const apiError = toApiError(error)
  const isArray = request.path.endsWith(':streamGenerateContent') && request.query.alt !== 'sse'
  response.status(apiError.code).json(isArray ? [apiError] : apiError)
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const { type, message } = error as { type?: string; message?: string }
  if (type === 'entity.too.large')
    return invalid(`Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes in the emulator.`)
  console.error(error)
  return new ApiError('INTERNAL', `The emulator failed: ${message}`)
}

import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { invalid } from './api-error.ts'
import type { FileStore } from './file-store.ts'
import { readJson } from './read-json.ts'
import { readMessage } from './read-message.ts'

type Session = {
  name?: string
  displayName?: string
  mimeType: string
  size: number | undefined
  chunks: Buffer[]
}

// https://ai.google.dev/gemini-api/docs/files, 2026-11.
const MAX_FILE_BYTES = 2 * 1024 ** 3

/** Google's resumable upload protocol: start, then chunks with offsets, the last with `finalize`. */
export class Uploads {
  private readonly sessions = new Map<string, Session>()
  private readonly files: FileStore

  constructor(files: FileStore) {
    this.files = files
  }

  async handle(request: Request, response: Response, baseUrl: string): Promise<void> {
    const commands = (request.get('x-goog-upload-command') ?? '').split(',').map((command) => command.trim())
    const id = request.query.upload_id
    if (typeof id !== 'string') return this.start(request, response, commands)
    const session = this.sessions.get(id)
    if (!session) throw invalid(`Unknown upload ${id}: it was finalized, cancelled or never started.`)
    if (commands.includes('cancel')) {
      this.sessions.delete(id)
      response.set('x-goog-upload-status', 'cancelled').json({})
      return
    }
    if (commands.includes('upload')) receiveChunk(session, request)
    const received = bytesOf(session)
    response.set('x-goog-upload-size-received', String(received))
    if (!commands.includes('finalize')) {
      response.set('x-goog-upload-status', 'active').json({})
      return
    }
    if (session.size !== undefined && session.size !== received)
      throw invalid(`The upload has ${received} bytes, but its start request declared ${session.size}.`)
    const file = await this.files.add({ ...session, bytes: Buffer.concat(session.chunks) })
    this.sessions.delete(id)
    response.set('x-goog-upload-status', 'final').json({ file: this.files.describe(file, baseUrl) })
  }

  private start(request: Request, response: Response, commands: string[]): void {
    const protocol = request.get('x-goog-upload-protocol')
    if (protocol !== 'resumable' || !commands.includes('start'))
      throw invalid(
        `Cannot start an upload with protocol "${protocol ?? ''}" and command "${commands.join(', ')}". ` +
          'The emulator supports X-Goog-Upload-Protocol: resumable with X-Goog-Upload-Command: start.',
      )
    const { file = {} } = readMessage('CreateFileRequest', readJson(request.body as Buffer))
    this.files.checkName(file.name)
    const declared = request.get('x-goog-upload-header-content-length')
    const size = declared === undefined ? undefined : Number(declared)
    if (size !== undefined && !(size <= MAX_FILE_BYTES))
      throw invalid(`Cannot upload ${declared} bytes. The limit for a file is ${MAX_FILE_BYTES}.`)
    const mimeType =
      request.get('x-goog-upload-header-content-type') ?? file.mimeType ?? 'application/octet-stream'
    const id = randomBytes(12).toString('hex')
    this.sessions.set(id, { ...file, mimeType, size, chunks: [] })
    // Later requests of an upload have no API key: its id authorizes them.
    const url = `${request.protocol}://${request.get('host')}${request.path}?upload_id=${id}&upload_protocol=resumable`
    response
      .set({
        'x-goog-upload-status': 'active',
        'x-goog-upload-url': url,
        'x-goog-upload-control-url': url,
        'x-goog-upload-chunk-granularity': '262144',
      })
      .json({})
  }
}

function receiveChunk(session: Session, request: Request): void {
  const received = bytesOf(session)
  const offset = Number(request.get('x-goog-upload-offset') ?? received)
  if (offset !== received)
    throw invalid(`Invalid chunk offset ${offset}: ${received} bytes have been received.`)
  session.chunks.push(request.body as Buffer)
}

function bytesOf({ chunks }: Session): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

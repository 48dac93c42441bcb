import { ApiError, invalid } from './api-error.ts'

/** The objects of a Storage emulator. */
export class StorageObjects {
  private readonly host: string

  /** @param host `127.0.0.1:9199`, with or without `http://`, as in STORAGE_EMULATOR_HOST */
  constructor(host: string) {
    this.host = host.includes('://') ? host : `http://${host}`
  }

  /** Reads `gs://bucket/name` with the access of Vertex AI's service account. */
  async read(uri: string): Promise<{ mimeType: string; bytes: Buffer }> {
    const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? []
    if (!bucket || !name) throw invalid(`Invalid or unsupported file uri: ${uri}`)
    const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}?alt=media`
    // The token `owner` bypasses the security rules of the emulator.
    const response = await fetch(`${this.host}${path}`, { headers: { authorization: 'Bearer owner' } })
    if (!response.ok)
      throw new ApiError(
        response.status === 404 ? 'NOT_FOUND' : 'PERMISSION_DENIED',
        `Permission denied while accessing input file, or it does not exist: ${uri}`,
      )
    const mimeType = response.headers.get('content-type') ?? 'application/octet-stream'
    return { mimeType, bytes: Buffer.from(await response.arrayBuffer()) }
  }
}

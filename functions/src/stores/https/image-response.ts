import type { IncomingMessage } from 'node:http'
import { VisionError } from '../../errors.ts'

/**
 * The bytes of a response with an image content type. Whether they are an image is checked later. Always
 * closes the connection.
 * @throws VisionError `url-unreadable`, `file-too-large`
 */
export async function readImageResponse(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  try {
    checkHeaders(response, maxBytes)
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge('it is larger than announced', maxBytes)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, size)
  } catch (error) {
    if (error instanceof VisionError || !(error instanceof Error && 'code' in error)) throw error
    // oxlint-disable-next-line preserve-caught-error -- the connection's error may name host and address
    throw unreadable(`the connection failed with ${String(error.code)} before the last byte`)
  } finally {
    response.destroy()
  }
}

function checkHeaders({ statusCode, headers }: IncomingMessage, maxBytes: number): void {
  if (statusCode !== 200) throw unreadable(`the response has status ${statusCode}, not 200`)
  if (!/^image\/./i.test(headers['content-type'] ?? ''))
    throw unreadable('the content type of the response is not image/*')
  // Unpacking could turn a few bytes into gigabytes, and compressing an image again does not make it smaller.
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
    throw unreadable('the response is compressed, although the request does not allow it')
  const length = Number(headers['content-length'] ?? 0)
  if (length > maxBytes) throw tooLarge(`it has ${length} bytes`, maxBytes)
}

/** @param found what was received instead, without URL, host or address */
export function unreadable(found: string): VisionError {
  return new VisionError('url-unreadable', `Cannot fetch the image: ${found}`)
}

function tooLarge(found: string, maxBytes: number): VisionError {
  return new VisionError('file-too-large', `Cannot fetch the image: ${found}, the limit is ${maxBytes} bytes`)
}

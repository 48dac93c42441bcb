import { setTimeout as delay } from 'node:timers/promises'
import type { Response } from 'express'
import type { Reply } from '../scripts/script.ts'

/**
 * Sends the pieces of a response as server-sent events or as the elements of an array. A `truncate` fault
 * closes the connection after half of the pieces.
 */
export async function sendStream(
  response: Response,
  pieces: string[],
  form: 'events' | 'array',
  { fault, chunkDelayMs = 0 }: Reply,
): Promise<void> {
  const lines = form === 'events' ? pieces.map(toEvent) : pieces.map(toElement)
  const cut = fault === 'truncate'
  response.type(form === 'events' ? 'text/event-stream' : 'json')
  for (const [i, line] of (cut ? lines.slice(0, Math.ceil(lines.length / 2)) : lines).entries()) {
    if (i > 0 && chunkDelayMs > 0) await delay(chunkDelayMs, undefined, { ref: false })
    if (response.closed) return
    response.write(line)
  }
  if (cut) response.write('', () => response.socket?.destroy())
  else response.end()
}

function toEvent(piece: string): string {
  return `data: ${piece}\r\n\r\n`
}

function toElement(piece: string, i: number, { length }: string[]): string {
  return `${i === 0 ? '[' : ',\r\n'}${piece}${i === length - 1 ? ']' : ''}`
}

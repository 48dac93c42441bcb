import { createHash, randomUUID } from 'node:crypto'
import type { GenerationConfig, RequestImage } from '../api/request.ts'
import type { Method } from './script.ts'

/** One request as it came in, and what became of it. */
export type JournalEntry = {
  id: string
  /** ISO 8601, by the emulator's clock. */
  time: string
  method: Method
  apiVersion: string
  /** The model as asked for, not as routed. */
  model?: string
  config?: GenerationConfig
  systemInstruction?: string
  texts?: string[]
  images?: JournalImage[]
  /** The HTTP status sent; absent while the answer is pending or when none was sent. */
  status?: number
  /** The client went away before the answer ended. */
  aborted?: true
  durationMs?: number
}

export type JournalImage = {
  mimeType: string
  bytes: number
  /** Of the upright picture; absent when the image cannot be read. */
  width?: number
  height?: number
  sha256: string
  source: 'inlineData' | 'fileData'
  fileUri?: string
}

const MOST_ENTRIES = 1000

/** What was asked of the emulator, oldest first; the last thousand. */
export class Journal {
  private entries: JournalEntry[] = []

  open(method: Method, apiVersion: string, time: Date): JournalEntry {
    const entry: JournalEntry = { id: randomUUID(), time: time.toISOString(), method, apiVersion }
    this.entries.push(entry)
    if (this.entries.length > MOST_ENTRIES) this.entries.shift()
    return entry
  }

  list(): JournalEntry[] {
    return this.entries
  }

  clear(): void {
    this.entries = []
  }
}

export function describeImage(image: RequestImage, size?: { width: number; height: number }): JournalImage {
  return {
    mimeType: image.mimeType,
    bytes: image.bytes.length,
    ...size,
    sha256: createHash('sha256').update(image.bytes).digest('hex'),
    source: image.source,
    ...(image.fileUri !== undefined && { fileUri: image.fileUri }),
  }
}

import { randomUUID } from 'node:crypto'
import type { GenerationConfig } from '../api/generation-config.ts'
import type { Method } from './script.ts'

/** One request and its outcome. */
export type JournalEntry = {
  id: string
  /** ISO 8601, by the emulator's clock. */
  time: string
  method: Method
  apiVersion: string
  /** The requested model, before routing. */
  model?: string
  config?: GenerationConfig
  /** In lower case; absent if the request names none, which means `standard`. */
  serviceTier?: string
  systemInstruction?: string
  texts?: string[]
  images?: JournalImage[]
  /** The HTTP status of the response; absent while it is pending, or if none was sent. */
  status?: number
  /** The client closed the connection before the response ended. */
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

/** The last thousand requests, the oldest first. */
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

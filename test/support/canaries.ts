import { format } from 'node:util'
import sharp from 'sharp'
import { afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { logged } from './calls.ts'
import { drawScene, FOUR_SHAPES } from './scene.ts'

/*
 * Secrets that are easy to recognise, and a record of everything that Firesight logs or returns. The API key
 * is `CANARY-KEY`, the model service writes `CANARY-TEXT`; questions, answers and URL signatures contain the
 * word too.
 */

/** A photo whose name and EXIF data must not be logged. */
export const PHOTO = 'users/alice/uploads/canary-beach.jpg'
export const photoBytes = await sharp((await drawScene(FOUR_SHAPES)).png)
  .jpeg()
  .withExif({
    IFD0: { ImageDescription: 'CANARY-EXIF' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 2944441/100000' },
  })
  .toBuffer()

const SECRETS: Record<string, RegExp> = {
  canary: /canary/i,
  coordinates: /48\.85|29\.4444|2944441/,
  base64: /[A-Za-z0-9+/]{160,}/,
  bytes: /"type":"Buffer"|<Buffer|<ArrayBuffer|ff d8 ff|89 50 4e 47/i,
}

const output: string[] = []

// After calls.ts, whose spies the logger keeps: all arguments, as the console writes them, with stacks and
// causes.
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
  vi.spyOn(console, method).mockImplementation((...line: unknown[]) => {
    logged.push(String(line[0]))
    output.push(format(...line))
  })
}
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...piece: unknown[]) => boolean
  vi.spyOn(stream, 'write').mockImplementation((...piece: unknown[]) => {
    output.push(String(piece[0]))
    return write(...piece)
  })
}

/**
 * Adds an error that was returned to a caller, stored in a document, or thrown to Eventarc, which logs its
 * stack.
 */
export function recordOutput(error: unknown): void {
  output.push(error instanceof Error ? (error.stack ?? error.message) : (JSON.stringify(error) ?? ''))
}

/** The secrets that the output so far contains. */
export function leaks(): { secret: string; text: string }[] {
  return output.flatMap((text) =>
    Object.entries(SECRETS).flatMap(([secret, pattern]) => (pattern.test(text) ? [{ secret, text }] : [])),
  )
}

export function clearOutput(): void {
  output.length = 0
}

/** Fails each test of the file whose output contains a secret. */
export function watchForLeaks(): void {
  beforeAll(async () => {
    // If the logger was imported before the spies were set, it writes past them.
    const logger = await import('firebase-functions/logger')
    logger.info('The log is watched')
    expect(output.join()).toContain('The log is watched')
  })
  beforeEach(clearOutput)
  afterEach(() => expect(leaks()).toEqual([]))
}

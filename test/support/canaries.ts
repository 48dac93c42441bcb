import { format } from 'node:util'
import sharp from 'sharp'
import { afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { logged } from './calls.ts'
import { drawScene, FOUR_SHAPES } from './scene.ts'

/*
 * Secrets that can be recognised wherever they turn up, and all that Firesight writes and tells, in one place. The key is `CANARY-KEY`,
 * the service says `CANARY-TEXT`; questions, answers and signatures have the word in them as well.
 */

/** A photo that says in its name, and within, more than anybody may hear of. */
export const PHOTO = 'users/alice/uploads/canary-beach.jpg'
export const photoBytes = await sharp((await drawScene(FOUR_SHAPES)).png)
  .jpeg()
  .withExif({
    IFD0: { ImageDescription: 'CANARY-EXIF' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 2944441/100000' },
  })
  .toBuffer()

/** What nobody may find in a log or an error. */
const SECRETS: Record<string, RegExp> = {
  canary: /canary/i,
  coordinates: /48\.85|29\.4444|2944441/,
  base64: /[A-Za-z0-9+/]{160,}/,
  bytes: /"type":"Buffer"|<Buffer|<ArrayBuffer|ff d8 ff|89 50 4e 47/i,
}

const output: string[] = []

// After calls.ts, whose spies the logger keeps: all arguments, as the console writes them, with stacks and causes.
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

/** Something that was told to a caller, written on a document or thrown to the event service, which logs its stack. */
export function keepForCanaries(told: unknown): void {
  output.push(told instanceof Error ? (told.stack ?? told.message) : (JSON.stringify(told) ?? ''))
}

/** Which secrets the output so far gives away. */
export function leaks(): { secret: string; text: string }[] {
  return output.flatMap((text) =>
    Object.entries(SECRETS).flatMap(([secret, pattern]) => (pattern.test(text) ? [{ secret, text }] : [])),
  )
}

export function forgetOutput(): void {
  output.length = 0
}

/** No test of this file may give anything away. */
export function watchForLeaks(): void {
  beforeAll(async () => {
    // A file that imports it too early would be watched in vain.
    const logger = await import('firebase-functions/logger')
    logger.info('The log is watched')
    expect(output.join()).toContain('The log is watched')
  })
  beforeEach(forgetOutput)
  afterEach(() => expect(leaks()).toEqual([]))
}

import { createHash } from 'node:crypto'
import { GoogleGenAI } from '@google/genai'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import {
  type GeminiEmulator,
  type GeminiEmulatorOptions,
  type JournalEntry,
  type Script,
  startGeminiEmulator,
} from '../../../gemini-emulator/src/index.ts'

/** An emulator for one test, with the official client and the control API. */
export async function emulated(options: GeminiEmulatorOptions = {}) {
  const emulator = await startGeminiEmulator(options)
  onTestFinished(() => emulator.close())
  return { emulator, ai: clientOf(emulator), ...controls(emulator) }
}

export function clientOf({ url }: Pick<GeminiEmulator, 'url'>): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: url } })
}

function controls({ url }: GeminiEmulator) {
  const script = (value: Script) =>
    fetch(`${url}/emulator/v1/scripts`, { method: 'POST', body: JSON.stringify(value) })
  const journal = async () => {
    const answer = await fetch(`${url}/emulator/v1/requests`)
    return ((await answer.json()) as { requests: JournalEntry[] }).requests
  }
  const post = async (
    path: string,
    body: unknown,
    headers: Record<string, string> = { 'x-goog-api-key': 'test-key' },
  ) => {
    const written = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: written })
    return { status: answer.status, body: (await answer.json()) as GoogleBody }
  }
  return { script, journal, post }
}

export type GoogleBody = {
  error?: { code: number; message: string; status: string; details?: Record<string, unknown>[] }
  candidates?: { content: { parts: { text: string }[] }; finishReason: string }[]
  usageMetadata?: Record<string, number>
  modelVersion?: string
}

export function inline(bytes: Buffer, mimeType = 'image/png') {
  return { inlineData: { mimeType, data: bytes.toString('base64') } }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Parses the JSON after the fence of an answer, like the sample of the guide. */
export function parseFenced(text: string): unknown {
  return JSON.parse(text.replace(/^```json\n/, '').replace(/\n```$/, ''))
}

export type Box2d = [yMin: number, xMin: number, yMax: number, xMax: number]

/** Draws a 2.5 mask into the image like the guide: `int(v / 1000 * side)`, bilinear, above the midpoint. */
export async function paintPngMask(
  uri: string,
  box: Box2d,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const [top, left, bottom, right] = box.map((value, i) =>
    Math.trunc((value / 1000) * (i % 2 ? width : height)),
  ) as Box2d
  const png = Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64')
  const { data, info } = await sharp(png)
    .resize(right - left, bottom - top, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const mask = new Uint8Array(width * height)
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++)
      mask[(y + top) * width + x + left] = Number(data[(y * info.width + x) * info.channels]! > 127)
  }
  return mask
}

/** Fills a polygon with coordinates of 0 to 1000, x first. */
export async function paintPolygon(
  polygon: [number, number][],
  width: number,
  height: number,
): Promise<Uint8Array> {
  const points = polygon.map(([x, y]) => `${(x / 1000) * width},${(y / 1000) * height}`).join(' ')
  const svg = `<svg width="${width}" height="${height}"><polygon points="${points}" fill="white"/></svg>`
  const { data, info } = await sharp(Buffer.from(svg)).raw().toBuffer({ resolveWithObject: true })
  const mask = new Uint8Array(width * height)
  for (let i = 0; i < mask.length; i++) mask[i] = Number(data[i * info.channels + 3]! > 127)
  return mask
}

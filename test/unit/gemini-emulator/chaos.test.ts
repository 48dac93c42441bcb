import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { FaultReport } from '../../../gemini-emulator/src/index.ts'
import { emulated, inline, sha256 } from './emulated.ts'

async function picture(width: number): Promise<Buffer> {
  return sharp({ create: { width, height: 9, channels: 3, background: 'white' } })
    .png()
    .toBuffer()
}

const [SMALL, LARGE] = await Promise.all([picture(9), picture(18)])

async function emulatedFaults() {
  const { emulator, post } = await emulated()
  const control = async (method: string, body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${emulator.url}/emulator/v1/faults`, init)
    return { status: response.status, body: await response.json() }
  }
  /** The outcome of a request as a string. */
  const ask = async (image: Buffer, text = 'Caption this image.'): Promise<string> => {
    try {
      const { status, body } = await post('/v1/models/gemini-3.8-flash:generateContent', {
        contents: [{ role: 'user', parts: [inline(image), { text }] }],
      })
      return `${status} ${JSON.stringify(body).slice(0, 40)}`
    } catch (error) {
      return String(error)
    }
  }
  const report = async () => (await control('GET')).body as FaultReport
  return { control, ask, report }
}

describe('random faults', () => {
  test('are the same for a seed in any order of requests with different images', async () => {
    const { control, ask } = await emulatedFaults()
    const times = Array.from({ length: 12 })
    const askAll = async (image: Buffer) => {
      const ends: string[] = []
      for (const _ of times) ends.push(await ask(image))
      return ends
    }
    await control('POST', { seed: 7, rate: 0.5 })
    const oneByOne = [await askAll(SMALL), await askAll(LARGE)]
    await control('POST', { seed: 7, rate: 0.5 })
    const [large, small] = await Promise.all([askAll(LARGE), askAll(SMALL)])
    expect([small, large]).toEqual(oneByOne)
    await control('POST', { seed: 8, rate: 0.5 })
    expect([await askAll(SMALL), await askAll(LARGE)]).not.toEqual(oneByOne)
  })

  test('occur at about the given rate, in all kinds, and are counted', async () => {
    const { control, ask, report } = await emulatedFaults()
    await control('POST', { seed: 1, rate: 0.5 })
    for (let i = 0; i < 200; i++) await ask(SMALL, `Caption this image, ${i}.`)
    const { requests, faults, answers } = await report()
    expect(requests).toBe(200)
    expect(Object.keys(faults)).toHaveLength(11)
    const sum = Object.values(faults).reduce((total, count) => total + count, 0)
    expect(sum).toBeGreaterThan(75)
    expect(sum).toBeLessThan(125)
    // Damaged answers of the model are billed too.
    const { truncate = 0, unreadable = 0, empty = 0, 'max-tokens': cut = 0 } = faults
    expect(answers).toEqual({ [sha256(SMALL)]: 200 - sum + truncate + unreadable + empty + cut })
  })

  test('are limited to the requested kinds, and can be ended', async () => {
    const { control, ask, report } = await emulatedFaults()
    await control('POST', { seed: 1, rate: 1, kinds: ['503'] })
    expect(await ask(SMALL)).toMatch(/^503 /)
    await control('DELETE')
    expect(await ask(SMALL)).toMatch(/^200 .*candidates/)
    expect(await report()).toEqual({ requests: 2, faults: { 503: 1 }, answers: { [sha256(SMALL)]: 1 } })
  })

  test.each([
    ['429-retry-info', /^429 /],
    ['500', /^500 /],
    ['502-html', /SyntaxError/],
    ['200-html', /SyntaxError/],
    ['reset', /fetch failed/],
    ['truncate', /terminated|SyntaxError/],
    ['unreadable', /^200 .*candidates/],
    ['empty', /^200 \{\}$/],
  ])('of kind %s have the expected outcome', async (kind, end) => {
    const { control, ask } = await emulatedFaults()
    await control('POST', { seed: 1, rate: 1, kinds: [kind] })
    expect(await ask(SMALL)).toMatch(end)
  })

  test('of an unknown kind are rejected', async () => {
    const { control } = await emulatedFaults()
    const { status, body } = await control('POST', { seed: 1, rate: 1, kinds: ['earthquake'] })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('must be of 429')
  })
})

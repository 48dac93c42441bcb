import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { answerQuestion } from '../../../gemini-emulator/src/answer/question.ts'
import { createDetector, type Detector } from '../../../gemini-emulator/src/detector/detector.ts'
import { DETECTOR_PACKAGES, missingPackages } from '../../../gemini-emulator/src/detector/packages.ts'
import { analyzeImage } from '../../../gemini-emulator/src/vision/analyze.ts'
import { drawScene } from '../../support/scene.ts'
import { emulated, inline } from './emulated.ts'
import { THREE_SHAPES } from './three-shapes.ts'

/** A photograph for the emulator: neighbouring pixels differ. */
async function noise(): Promise<Buffer> {
  const rgb = Uint8Array.from({ length: 90 * 60 * 3 }, (_, i) => (i * 7919) % 251)
  return sharp(rgb, { raw: { width: 90, height: 60, channels: 3 } })
    .png()
    .toBuffer()
}

const raster = { width: 4, height: 4, rgb: new Uint8Array(48) }
const threadOf = (onMessage: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ id }) => { ${onMessage} })`)}`,
  )
const failing = threadOf("parentPort.postMessage({ id, error: 'no SIMD' })")

function errors() {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => log.mockRestore())
  return log.mock.calls
}

describe('createDetector()', () => {
  test('logs the first failure, and finds nothing out afterwards', async () => {
    const logged = errors()
    const detector = createDetector(failing)
    onTestFinished(() => detector.close())
    expect(detector.isUsable).toBe(true)
    expect(await Promise.all([detector.detect(raster), detector.detect(raster)])).toEqual([
      undefined,
      undefined,
    ])
    expect(await detector.detect(raster)).toBeUndefined()
    expect(detector.isUsable).toBe(false)
    expect(logged).toEqual([['The detector failed: no SIMD. Photos are described by colours and shapes.']])
  })

  test('close() during a run logs no failure', async () => {
    const logged = errors()
    const detector = createDetector(threadOf(''))
    const found = detector.detect(raster)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await detector.close()
    expect(await found).toBeUndefined()
    expect(await detector.detect(raster)).toBeUndefined()
    expect(logged).toEqual([])
  })
})

describe('analyzeImage() with a detector', () => {
  const fake = (detect: Detector['detect']): Detector => ({
    isUsable: true,
    detect,
    close: () => Promise.resolve(),
  })

  test('does not ask it about drawings', async () => {
    const png = await sharp((await drawScene(THREE_SHAPES)).png)
      .resize(150)
      .png()
      .toBuffer()
    const detector = fake(() => Promise.reject(new Error('asked')))
    expect(await analyzeImage(png, detector)).toMatchObject({ drawn: true })
  })

  test('a detector that failed is not one that found nothing', async () => {
    const question = 'Is there a cup?'
    const missed = await analyzeImage(
      await noise(),
      fake(() => Promise.resolve([])),
    )
    expect(answerQuestion(question, [missed])).toBe('The small local model does not see cups in this photo.')
    const failed = await analyzeImage(
      await noise(),
      fake(() => Promise.resolve(undefined)),
    )
    const without = await analyzeImage(await noise())
    expect(failed.recognizer).toBeUndefined()
    expect(answerQuestion(question, [failed])).toBe(answerQuestion(question, [without]))
  })
})

describe('missingPackages()', () => {
  test('names packages that are not installed, and the one whose model files are missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'packages-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const from = pathToFileURL(join(folder, 'index.js'))
    const write = (path: string) => {
      mkdirSync(join(folder, 'node_modules', path, '..'), { recursive: true })
      writeFileSync(join(folder, 'node_modules', path), '{}')
    }
    expect(missingPackages(from)).toEqual(DETECTOR_PACKAGES)
    for (const name of DETECTOR_PACKAGES) {
      write(`${name}/dist/index.js`)
      writeFileSync(join(folder, 'node_modules', name, 'package.json'), '{ "main": "dist/index.js" }')
    }
    write('@vladmandic/human/models/centernet.json')
    expect(missingPackages(from)).toEqual(['@vladmandic/human'])
    write('@vladmandic/human/models/centernet.bin')
    expect(missingPackages(from)).toEqual([])
  })
})

const installation = vi.hoisted(() => ({ missing: [] as string[] }))
vi.mock('../../../gemini-emulator/src/detector/packages.ts', async (original) => {
  const actual = await original<typeof import('../../../gemini-emulator/src/detector/packages.ts')>()
  return {
    ...actual,
    missingPackages: (from?: URL) => (from ? actual.missingPackages(from) : installation.missing),
  }
})

test('an emulator without the packages names them, and answers with colours and shapes', async () => {
  installation.missing = ['@tensorflow/tfjs-core']
  const { emulator, ai } = await emulated({ detector: true })
  expect(emulator).toMatchObject({ detector: false, missingPackages: ['@tensorflow/tfjs-core'] })
  const { text } = await ai.models.generateContent({
    model: 'gemini-3.8-flash',
    contents: [inline(await noise(), 'image/png'), 'Is there a cup?'],
  })
  expect(text).toBe(answerQuestion('Is there a cup?', [await analyzeImage(await noise())]))
})

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { overlapOf } from '../../../gemini-emulator/src/detector/detections.ts'
import { createDetector } from '../../../gemini-emulator/src/detector/detector.ts'
import { missingPackages } from '../../../gemini-emulator/src/detector/packages.ts'
import { startGeminiEmulator } from '../../../gemini-emulator/src/index.ts'
import { SAMPLES } from '../../../gemini-emulator/src/samples/sample.ts'
import { sampleScene } from '../../../gemini-emulator/src/samples/sample-scene.ts'
import { decodePicture } from '../../../gemini-emulator/src/vision/picture.ts'
import { clientOf, inline, paintPolygon } from './emulated.ts'

/* The real model, on photos of web/src/samples. */

const photo = (id: string) =>
  readFileSync(join(import.meta.dirname, '../../../web/src/samples/photos', `${id}.jpg`))
const annotated = (id: string) => sampleScene(SAMPLES.find((sample) => sample.id === id)!)
const main = { cat: 'tabby cat', coffee: 'coffee cup', astronaut: 'astronaut' }
const kinds = { cat: 'cat', coffee: 'cup', astronaut: 'person' }

test('the optional packages are installed', () => {
  expect(missingPackages()).toEqual([])
})

test.each(['cat', 'coffee', 'astronaut'] as const)('finds the main object of the photo: %s', async (id) => {
  const detector = createDetector()
  onTestFinished(() => detector.close())
  const found = await detector.detect((await decodePicture(photo(id))).copy)
  const truth = annotated(id).things.find(({ label }) => label === main[id])!
  const best = found!.find(({ kind }) => kind.name === kinds[id])
  expect(overlapOf(best!.box, truth.box)).toBeGreaterThan(0.5)
})

test('an emulator with the detector answers about a photo with objects, boxes, masks and words', async () => {
  const emulator = await startGeminiEmulator({ detector: true })
  onTestFinished(() => emulator.close())
  expect(emulator.detector).toBe(true)
  // Cut, so that it is not recognized as a sample.
  const [width, height] = [430, 300]
  const cut = await sharp(photo('cat')).extract({ left: 0, top: 0, width, height }).jpeg().toBuffer()
  const ask = async (prompt: string) => {
    const contents = [inline(cut, 'image/jpeg'), prompt]
    const { text = '' } = await clientOf(emulator).models.generateContent({
      model: 'gemini-3.8-flash',
      contents,
    })
    return text.replaceAll(/```(json)?/g, '')
  }
  expect(await ask('Describe the photo.')).toBe('A cat in the centre.')
  expect(await ask('How many cats are there?')).toBe('There is one cat in the centre.')
  expect(await ask('Is there a dog?')).toBe('The small local model does not see a dog in this photo.')
  expect(JSON.parse(await ask('Detect these targets only.\nTargets: ["dog"]'))).toEqual([])
  const located = JSON.parse(
    await ask('Segmentation masks: a JSON list with "box_2d", "mask", "label".'),
  ) as { label: string; mask: [number, number][] }[]
  expect(located.map(({ label }) => label)).toEqual(['cat'])
  const outline = annotated('cat').things[0]!.outline
  const [mask, truth] = await Promise.all([
    paintPolygon(located[0]!.mask, width, height),
    paintPolygon(
      outline.map(([x, y]) => [(x * 451_000) / width, y * 1000]),
      width,
      height,
    ),
  ])
  const both = mask.reduce((sum, value, i) => sum + (value & truth[i]!), 0)
  const any = mask.reduce((sum, value, i) => sum + (value | truth[i]!), 0)
  expect(both / any).toBeGreaterThan(0.7)
})

test('close() after a failure settles in a program that has nothing else to do', async () => {
  const detector = join(import.meta.dirname, '../../../gemini-emulator/src/detector/detector.ts')
  const thread = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ id }) => parentPort.postMessage({ id, error: 'no SIMD' }))`
  const program = `
    const { createDetector } = await import(${JSON.stringify(pathToFileURL(detector).href)})
    const detector = createDetector(new URL('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(thread))}))
    await detector.detect({ width: 4, height: 4, rgb: new Uint8Array(48) })
    await detector.close()
    console.log('closed')`
  // Without the fix, about two of three runs ended with "unsettled top-level await".
  for (let i = 0; i < 5; i++) {
    const args = ['--input-type=module', '--eval', program]
    expect((await promisify(execFile)(process.execPath, args)).stdout).toBe('closed\n')
  }
})

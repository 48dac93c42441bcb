import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawScene } from '../../support/scene.ts'
import { emulated } from './emulated.ts'

const SCRIPT = join(import.meta.dirname, 'rest-samples.sh')
const missing = ['bash', 'curl', 'jq', 'file', 'base64'].filter(
  (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0,
)

describe.skipIf(missing.length > 0)("the guide's REST samples", () => {
  const site = createServer((_request, response) =>
    response.setHeader('content-type', 'image/jpeg').end(jpeg),
  )
  let jpeg: Buffer
  let folder: string
  beforeAll(async () => {
    const circle = { kind: 'circle', colour: 'red', cx: 150, cy: 100, radius: 60 } as const
    const scene = { width: 300, height: 200, background: 'white', shapes: [circle] }
    const changed = { ...scene, shapes: [{ ...circle, colour: 'blue' }] }
    jpeg = await sharp((await drawScene(scene)).png)
      .jpeg()
      .toBuffer()
    folder = await mkdtemp(join(tmpdir(), 'rest-samples-'))
    await writeFile(join(folder, 'image1.jpg'), jpeg)
    await writeFile(join(folder, 'image2.png'), (await drawScene(changed)).png)
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    site.close()
    await rm(folder, { recursive: true })
  })

  test.each([
    ['inline', 'A red circle in the centre on a white background.'],
    ['url', 'A red circle in the centre on a white background.'],
    ['file', 'A red circle in the centre on a white background.'],
    [
      'several',
      'The circle in the centre is red in image 1 and blue in image 2. In common: the background of both is white.',
    ],
  ])('%s', async (sample, expected) => {
    const { emulator } = await emulated()
    const { stdout } = await promisify(execFile)('bash', [SCRIPT, sample], {
      env: {
        ...process.env,
        TMPDIR: folder,
        BASE_URL: emulator.url,
        GEMINI_API_KEY: 'test-key',
        IMG_PATH: join(folder, 'image1.jpg'),
        IMAGE1_PATH: join(folder, 'image1.jpg'),
        IMAGE2_PATH: join(folder, 'image2.png'),
        IMG_URL: `http://127.0.0.1:${(site.address() as AddressInfo).port}/instrument-img`,
      },
    })
    expect(stdout.trim()).toBe(expected)
  })
})

import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { measuresMemory, WatchedWorker } from '../../hostile/watched-worker.ts'

const SCRIPT = fileURLToPath(new URL('deadly-worker.ts', import.meta.url))
const photo = (fileName: string) => ({ file: '', fileName, parameters: {}, geminiUrl: '' })

const worker = new WatchedWorker(photo('warm-up'), SCRIPT)
afterEach(() => worker.stop())

describe('WatchedWorker', () => {
  it.each([
    ['kills', { end: 'crashed', how: 'signal SIGKILL' }],
    ['exits', { end: 'crashed', how: 'code 3' }],
    ['hangs', { end: 'hung' }],
  ])('reports that a photo %s its process, and continues with a new process', async (fileName, watched) => {
    expect(await worker.run([photo(fileName)], 2000)).toEqual(watched)
    expect(await worker.run([photo('fine')], 10_000)).toMatchObject({
      end: 'reported',
      reports: [{ held: 0 }],
    })
  })

  it.runIf(measuresMemory)('measures the memory of one photo, without that of the photo before', async () => {
    const taken = async (fileName: string) => {
      const watched = await worker.run([photo(fileName)], 10_000)
      return watched.end === 'reported' ? (watched.megabytes ?? 0) : 0
    }
    expect(await taken('fine')).toBeLessThan(50)
    expect(await taken('holds')).toBeGreaterThan(95)
  })
})

import type { PhotoResult, Run } from '../../../tools/eval/run-file.ts'

export const at = (x: number, y: number, width = 10, height = 10) => ({ x, y, width, height })
export const object = (label: string, x: number, y = 0) => ({ label, box: at(x, y) })
export const NOW = new Date('2026-12-01T12:00:00Z')

export const tokens = (total: number) => ({ input: total, output: 0, thoughts: 0, total })
export const photo = (name: string, changes: Partial<PhotoResult> = {}): PhotoResult => ({
  name,
  status: 'succeeded',
  image: { width: 100, height: 80 },
  caption: 'A ball.',
  altText: 'Ball',
  labels: ['ball'],
  objects: [object('ball', 0)],
  steps: {
    describe: { state: 'succeeded', requests: 1, tokens: tokens(100), usd: 0.001, ms: 10 },
    locate: { state: 'succeeded', requests: 1, tokens: tokens(200), usd: 0.002, ms: 30 },
  },
  timingsMs: { total: 40 },
  ...changes,
})
/** Without the objects of the other photo. */
export const { objects: _unknown, ...FAILED } = photo('failed.jpg', {
  status: 'partial',
  error: { code: 'answer-unreadable', message: 'no list' },
  steps: {
    describe: { state: 'succeeded', requests: 1, tokens: tokens(100), usd: 0.001, ms: 20 },
    locate: {
      state: 'failed',
      requests: 2,
      tokens: tokens(900),
      usd: 0.009,
      ms: 90,
      error: { code: 'answer-unreadable', message: 'no list' },
    },
  },
  timingsMs: { total: 100 },
})
export const runOf = (photos: PhotoResult[], changes: Partial<Run> = {}): Run => ({
  version: 1,
  name: 'a run',
  startedAt: NOW.toISOString(),
  finishedAt: NOW.toISOString(),
  source: 'photos',
  model: { description: 'the Gemini API', local: false },
  settings: { MASK_POINTS: '24' },
  concurrency: 4,
  photos,
  ...changes,
})

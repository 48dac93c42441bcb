import { beforeAll, describe, expect, it } from 'vitest'
import { crashAtEveryPointWithLogs } from '../reliability/captured-logs.ts'
import { renderViolations } from '../reliability/report.ts'

describe('onImageUploaded()', () => {
  let results: Awaited<ReturnType<typeof crashAtEveryPointWithLogs>>
  beforeAll(async () => {
    results = await crashAtEveryPointWithLogs()
  }, 900_000)

  it.each([
    ['uploaded', []],
    // The results of the earlier upload are deleted while the stages run.
    ['overwritten', ['photos.deleteResults']],
  ] as const)(
    'keeps every promise if its worker crashes at any point while a photo is %s, also if the photo is changed then',
    (kind, more) => {
      const { points, crashed } = results[kind]
      expect(renderViolations(results[kind])).toBe('')
      // There are fault points before and after every kind of call.
      const calls = ['annotations.claim', 'annotations.update', 'photos.readUpload', 'photos.writeResult']
      const reads = ['accounts.find', 'quota.look', 'circuits.read']
      for (const call of [...calls, ...reads, ...more, 'quota.reserve', 'quota.settle', 'model.generate'])
        expect(points).toEqual(expect.arrayContaining([`before ${call}`, `after ${call}`]))
      expect(crashed).toBe(4 * points.length)
    },
  )

  it('lets all photos succeed that were not deleted, despite the crash', () => {
    const { uploaded, overwritten } = results
    expect(uploaded.statuses).toEqual({ succeeded: 3 * uploaded.points.length + 1 })
    // Names of the first part that the second part has no point for keep their photos.
    const most = Math.max(uploaded.points.length, overwritten.points.length)
    expect(overwritten.statuses).toEqual({ succeeded: 3 * most + 1 })
  })
})

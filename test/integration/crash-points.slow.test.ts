import { describe, expect, it } from 'vitest'
import { crashAtEveryPointWithLogs } from '../reliability/captured-logs.ts'
import { renderViolations } from '../reliability/report.ts'

describe('onImageUploaded()', () => {
  it('keeps every promise if its worker crashes at any point, also if the photo is changed at that moment', {
    timeout: 600_000,
  }, async () => {
    const result = await crashAtEveryPointWithLogs()
    expect(renderViolations(result)).toBe('')
    // There are fault points before and after every kind of call.
    const calls = ['annotations.claim', 'annotations.update', 'photos.readUpload', 'photos.writeResult']
    for (const call of [...calls, 'quota.reserve', 'quota.settle', 'model.generate'])
      expect(result.points).toEqual(expect.arrayContaining([`before ${call}`, `after ${call}`]))
    expect(result.crashed).toBe(4 * result.points.length)
    // All photos that were not deleted succeed, despite the crash.
    expect(result.statuses).toEqual({ succeeded: 3 * result.points.length + 1 })
  })
})

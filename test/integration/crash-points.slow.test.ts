import { describe, expect, it } from 'vitest'
import { crashEverywhereHeard } from '../reliability/heard-simulation.ts'
import { renderViolations } from '../reliability/report.ts'

describe('onImageUploaded()', () => {
  it('keeps every promise, wherever its worker dies, and whatever becomes of the photo meanwhile', {
    timeout: 300_000,
  }, async () => {
    const result = await crashEverywhereHeard()
    expect(renderViolations(result)).toBe('')
    // Every kind of call was died before and after.
    const calls = ['annotations.claim', 'annotations.update', 'photos.readUpload', 'photos.writeResult']
    for (const call of [...calls, 'quota.reserve', 'quota.settle', 'model.generate'])
      expect(result.points).toEqual(expect.arrayContaining([`before ${call}`, `after ${call}`]))
    expect(result.crashed).toBe(4 * result.points.length)
    // Those that were not deleted; one death, and nothing else, costs no photo its result.
    expect(result.statuses).toEqual({ succeeded: 3 * result.points.length + 1 })
  })
})

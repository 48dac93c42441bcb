import { expect, it, onTestFinished, vi } from 'vitest'
import { upkeep } from '../../support/photo-run.ts'
import { changeList, FULL, hours, putUploads, SCHEDULED, sweepWith } from '../../support/sweep-run.ts'

it('a scan that loses its lease on the last page of a part starts no other part', async () => {
  putUploads(3)
  let lists = 0
  changeList((list) => async (...page) => {
    lists++
    return list(...page)
  })
  const { after } = upkeep.annotations
  let other: unknown
  const spy = vi.spyOn(upkeep.annotations, 'after').mockImplementationOnce(async (...page) => {
    hours(1)
    other = await sweepWith(FULL)
    return after(...page)
  })
  onTestFinished(() => spy.mockRestore())
  expect(await sweepWith(SCHEDULED)).toMatchObject({ walked: false })
  expect(other).toMatchObject({ walked: true })
  expect(lists).toBe(1)
})

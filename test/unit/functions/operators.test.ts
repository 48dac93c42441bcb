import { afterAll, beforeEach, expect, it, vi } from 'vitest'
import { handleSweepNow } from '../../../functions/src/callables/operators.ts'
import { replaceServices } from '../../../functions/src/services.ts'
import { annotate, fails, png, services, upload } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

vi.spyOn(console, 'log').mockImplementation(() => undefined)
vi.spyOn(console, 'info').mockImplementation(() => undefined)

beforeEach(() => replaceServices(services(scriptedModel().model)))
afterAll(() => replaceServices(undefined))

const call = (data: object, token: object = { firesightOperator: true }) =>
  handleSweepNow({ data, auth: { uid: 'operator', token } } as never)

it('sweepNow() requeues deferred photos before they are due only with allDeferred', async () => {
  const wrongKey = [fails('model-misconfigured')]
  await annotate(upload(png), scriptedModel({ describe: wrongKey, locate: wrongKey }))
  expect(await call({})).toMatchObject({ redriven: 0, walked: true })
  expect(await call({ allDeferred: true })).toMatchObject({ redriven: 1, walked: true })
})

it('sweepNow() rejects callers without the operator claim', async () => {
  await expect(call({}, {})).rejects.toMatchObject({ details: { reason: 'operators-only' } })
})

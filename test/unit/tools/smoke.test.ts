import type { Firesight } from '@firesight/client'
import { describe, expect, test, vi } from 'vitest'
import { cleanUp } from '../../../tools/smoke/clean-up.ts'
import { checkOperators } from '../../../tools/smoke/operators.ts'
import { Results } from '../../../tools/smoke/results.ts'

const states = ({ list }: Results) => Object.fromEntries(list.map(({ name, state }) => [name, state]))

describe('hasFailed()', () => {
  test('a skipped check is no failure', async () => {
    const results = new Results()
    await results.run('a', async () => ({ found: 'works', value: undefined }))
    results.skip('b', 'needs a second user')
    expect(results.hasFailed()).toBe(false)
    await results.run('c', async () => Promise.reject(new Error('broken')))
    expect(results.hasFailed()).toBe(true)
  })
})

describe('cleanUp()', () => {
  const visitor = (isAnonymous: boolean) => ({
    firesight: {
      deleteMyData: vi.fn<Firesight['deleteMyData']>(async () => ({
        requestedAt: '2026-11-30T10:00:00Z',
        state: 'verifying' as const,
        deleted: { photos: 2, files: 9, documents: 2, modelFiles: 0 },
      })),
      remove: vi.fn<Firesight['remove']>(async () => {}),
    },
    user: { uid: 'me', isAnonymous, delete: vi.fn<() => Promise<void>>(async () => {}) },
  })
  const uploads = ['a.jpg', 'b.png'].map((path) => ({ path, done: Promise.resolve() }))

  test('of an account, deletes only the uploads of this run', async () => {
    const results = new Results()
    const { firesight, user } = visitor(false)
    await cleanUp(results, { firesight, user }, uploads)
    expect(firesight.remove.mock.calls).toEqual([['a.jpg'], ['b.png']])
    expect(firesight.deleteMyData).not.toHaveBeenCalled()
    expect(user.delete).not.toHaveBeenCalled()
    expect(states(results)).toEqual({ deleteMyData: 'skipped', 'delete the photos': 'ok' })
  })

  test('names the uploads that are left, and deletes the others', async () => {
    const results = new Results()
    const { firesight, user } = visitor(false)
    firesight.remove.mockRejectedValueOnce(new Error('no permission'))
    const failed = { path: 'c.webp', done: Promise.reject(new Error('upload failed')) }
    await cleanUp(results, { firesight, user }, [...uploads, failed])
    expect(results.list.at(-1)).toMatchObject({
      state: 'failed',
      found: 'cannot delete a.jpg: no permission',
    })
    expect(firesight.remove).toHaveBeenCalledTimes(3)
  })

  test('of an anonymous user, deletes all data and the user', async () => {
    const results = new Results()
    const { firesight, user } = visitor(true)
    await cleanUp(results, { firesight, user }, uploads)
    expect(firesight.remove).not.toHaveBeenCalled()
    expect(states(results)).toEqual({ deleteMyData: 'ok', 'delete the user': 'ok' })
    expect(user.delete).toHaveBeenCalledOnce()
  })
})

test('checkOperators() calls nothing as an operator', async () => {
  const results = new Results()
  const user = { getIdTokenResult: async () => ({ claims: { firesightOperator: true } }) as never }
  const url = vi.fn<(name: string) => string>((name) => `http://127.0.0.1:9/${name}`)
  await checkOperators(results, { user, headers: async () => new Headers() }, url)
  expect(url).not.toHaveBeenCalled()
  expect(new Set(Object.values(states(results)))).toEqual(new Set(['skipped']))
  expect(results.list).toHaveLength(4)
})

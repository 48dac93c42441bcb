import { describe, expect, it } from 'vitest'
import { afterOtherTab, pendingDeletions } from '../../../web/src/gallery/pending-deletions.ts'
import { memoryStorage } from '../../../web/src/parts/browser-storage.ts'

const deletion = { id: '1', photos: [{ imageId: 'a', name: 'users/alice/uploads/a.jpg' }], dueAt: 5 }

describe('pendingDeletions()', () => {
  it('keeps the deletions of each user', () => {
    const store = memoryStorage()
    pendingDeletions(store, 'alice').add(deletion)
    pendingDeletions(store, 'alice').add({ ...deletion, id: '2' })
    expect(pendingDeletions(store, 'bob').read()).toEqual([])
    pendingDeletions(store, 'alice').remove('1')
    expect(pendingDeletions(store, 'alice').read()).toEqual([{ ...deletion, id: '2' }])
  })
  it.each([
    'nonsense',
    '{}',
    '[null]',
    '[{"id":"1","dueAt":5}]',
    '[{"id":"1","dueAt":5,"photos":[{"name":1}]}]',
  ])('ignores other content of the storage: %s', (content) => {
    const store = memoryStorage()
    store.setItem('firesight.deletions.alice', content)
    expect(pendingDeletions(store, 'alice').read()).toEqual([])
  })
  it('works without storage', () => {
    const blocked = () => {
      throw new Error('The browser allows no storage')
    }
    const deletions = pendingDeletions({ getItem: blocked, setItem: blocked, removeItem: blocked }, 'alice')
    deletions.add(deletion)
    expect(deletions.read()).toEqual([deletion])
    deletions.remove(deletion.id)
    expect(deletions.read()).toEqual([])
  })

  it('marks a running deletion, and reads only its own changes of other tabs', () => {
    const store = memoryStorage()
    const deletions = pendingDeletions(store, 'alice')
    deletions.add(deletion)
    deletions.start(deletion.id)
    const key = 'firesight.deletions.alice'
    const newValue = store.getItem(key)
    expect(deletions.readChange({ key, newValue })).toEqual([{ ...deletion, isRunning: true }])
    expect(deletions.readChange({ key: 'firesight.deletions.bob', newValue })).toBeUndefined()
    expect(deletions.readChange({ key, newValue: null })).toEqual([])
  })
})

describe('afterOtherTab()', () => {
  const other = { ...deletion, id: '2' }

  it('adds a deletion of another tab, which carries it out first', () => {
    const added = [{ ...other, dueAt: 30_005 }]
    expect(afterOtherTab([deletion], [deletion, other])).toEqual({
      pending: [deletion, ...added],
      added,
      undone: [],
    })
  })

  it('removes a deletion that was undone in another tab', () => {
    expect(afterOtherTab([deletion, other], [deletion])).toEqual({
      pending: [deletion],
      added: [],
      undone: [other],
    })
  })

  it('keeps the photos of a deletion that runs in another tab hidden', () => {
    const running = [{ ...deletion, isRunning: true }]
    const nothing = { pending: [], added: [], undone: [] }
    expect([afterOtherTab([deletion], running), afterOtherTab([], running)]).toEqual([nothing, nothing])
  })
})

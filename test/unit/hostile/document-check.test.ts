import { describe, expect, it } from 'vitest'
import { firestoreComplaints } from '../../hostile/document-check.ts'
import { documentBytes } from '../../support/document-bytes.ts'

const complaintsOf = (document: Record<string, unknown>) => firestoreComplaints(document, 'images/a')

describe('firestoreComplaints()', () => {
  it('accepts a document that Firestore accepts', () => {
    const document = { text: 'a', at: new Date(0), list: [1, { deep: [true, null] }], none: null }
    expect(complaintsOf(document)).toEqual([])
  })

  it.each<[string, Record<string, unknown>]>([
    ['a nested array', { list: [[1]] }],
    ['undefined', { list: [undefined] }],
    ['a function', { call: () => 1 }],
    ['NaN', { deep: { number: Number.NaN } }],
    ['a lone surrogate', { text: '\ud800' }],
    ['a lone surrogate in a name', { 'a\udc00': 1 }],
    ['a name that Firestore reserves', { deep: { __proto: 1, __x__: 1 } }],
    ['an empty name', { '': 1 }],
    ['an object of a class', { map: new Map() }],
    ['maps that are nested too deeply', nested(25)],
    ['more than 1 MiB', { text: 'x'.repeat(1_048_576) }],
  ])('reports %s', (_, document) => {
    expect(complaintsOf(document)).toHaveLength(1)
  })
})

describe('documentBytes()', () => {
  // https://firebase.google.com/docs/firestore/storage-size, 2026-11: the example of a task, 147 bytes.
  it('computes the size as documented', () => {
    const task = { type: 'Personal', done: false, priority: 1, description: 'Learn Cloud Firestore' }
    expect(documentBytes(task, 'users/jeff/tasks/my_task_id')).toBe(147)
  })
})

function nested(depth: number): Record<string, unknown> {
  let map: Record<string, unknown> = { end: 1 }
  for (let i = 0; i < depth; i++) map = { map }
  return map
}

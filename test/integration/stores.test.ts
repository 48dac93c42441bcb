import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { afterAll, describe, expect, it } from 'vitest'
import type { Lease, Photo } from '../../functions/src/document/annotation.ts'
import type { Rerun, RerunPolicy } from '../../functions/src/document/claim.ts'
import type { AnnotationStore } from '../../functions/src/ports/annotation-store.ts'
import { firestoreAnnotationIndex } from '../../functions/src/stores/firestore/firestore-annotation-index.ts'
import { firestoreAnnotations } from '../../functions/src/stores/firestore/firestore-annotations.ts'
import { memoryAnnotations } from '../../functions/src/stores/memory/memory-photos.ts'
import { PROJECT } from '../support/app.ts'

const app = initializeApp({ projectId: PROJECT }, 'stores')
afterAll(() => deleteApp(app))

const NOW = new Date('2026-11-22T12:00:00Z')
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const lease = (token: string, until = later(360)): Lease => ({ token, expiresAt: until })
/** By a caller, with these limits. */
const rerun = (policy: RerunPolicy, heic = 'off'): Rerun => ({
  policy,
  limits: { MAX_IMAGE_BYTES: 1000, MAX_IMAGE_PIXELS: 1000, HEIC: heic },
})

let number = 0
/** A new photo for each test. */
function photoOf(generation = '10'): Photo {
  const name = `users/alice/uploads/${++number}.jpg`
  const imageId = `stores-${process.pid}-${number}`
  return {
    imageId,
    owner: 'alice',
    bucket: 'bucket',
    name,
    generation,
    contentType: 'image/jpeg',
    sizeBytes: 5,
  }
}

describe.each([
  ['firestoreAnnotations()', () => firestoreAnnotations(getFirestore(app))],
  ['memoryAnnotations()', () => memoryAnnotations()],
] satisfies [string, () => AnnotationStore][])('%s', (_, create) => {
  const store = create()

  it('claim() gives the photo to one of eight workers', async () => {
    const photo = photoOf()
    const claims = await Promise.all(
      Array.from({ length: 8 }, async (__, i) => store.claim(photo, lease(`token-${i}`), NOW)),
    )
    expect(claims.map(({ decision }) => decision).toSorted((a, b) => a.localeCompare(b))).toEqual([
      ...Array.from({ length: 7 }, () => 'leased'),
      'start',
    ])
  })

  it('claim() renews the lease of its holder, and gives an expired lease to another worker', async () => {
    const photo = photoOf()
    await store.claim(photo, lease('first'), NOW)
    expect(await store.claim(photo, lease('first'), NOW)).toMatchObject({ decision: 'resume' })
    expect(await store.claim(photo, lease('second'), later(359))).toEqual({ decision: 'leased' })
    const claim = await store.claim(photo, lease('second', later(800)), later(361))
    expect(claim).toMatchObject({
      decision: 'resume',
      annotation: { attempts: 3, createdAt: NOW, lease: { token: 'second' } },
    })
    expect(await store.update(photo, 'first', { caption: 'stale' }, later(362))).toBe('taken-over')
    expect(await store.update(photo, 'second', { caption: 'fresh' }, later(362))).toBe('written')
  })

  it('claim() of a newer generation deletes the old fields; an older generation is stale', async () => {
    const old = photoOf('9')
    const current = { ...old, generation: '10' }
    await store.claim(old, lease('old'), NOW)
    await store.update(old, 'old', { caption: 'old' }, NOW)
    const claim = await store.claim(current, lease('current'), NOW)
    expect(claim).toMatchObject({ decision: 'start', annotation: { generation: '10', attempts: 1 } })
    expect('annotation' in claim && claim.annotation).not.toHaveProperty('caption')
    expect(await store.update(old, 'old', { caption: 'old' }, NOW)).toBe('gone')
    expect(await store.claim(old, lease('late'), later(999))).toEqual({ decision: 'stale' })
  })

  it('claim() of a deferred photo removes the error and the date of the next attempt', async () => {
    const photo = photoOf()
    const error = { code: 'tokens-exceeded', message: 'scripted', retryable: true } as const
    const waiting = { status: 'deferred', error, nextAttemptAt: later(60), lease: null, attempts: 0 } as const
    await store.claim(photo, lease('a'), NOW)
    await store.update(photo, 'a', { ...waiting, caption: 'A ball.' }, NOW)
    const claim = await store.claim(photo, lease('b'), later(1))
    expect(claim).toMatchObject({
      decision: 'undefer',
      annotation: { status: 'processing', attempts: 1, caption: 'A ball.', createdAt: NOW },
    })
    // The stored document has them no longer either.
    const again = await store.claim(photo, lease('b'), later(2))
    for (const taken of [claim, again]) {
      expect('annotation' in taken && taken.annotation).not.toHaveProperty('error')
      expect('annotation' in taken && taken.annotation).not.toHaveProperty('nextAttemptAt')
    }
    expect(again).toMatchObject({ annotation: { status: 'processing', attempts: 2 } })
  })

  it('claim() of a succeeded photo is a duplicate', async () => {
    const photo = photoOf()
    await store.claim(photo, lease('a'), NOW)
    await store.update(photo, 'a', { status: 'succeeded', lease: null }, NOW)
    expect(await store.claim(photo, lease('b'), later(999))).toEqual({ decision: 'duplicate' })
  })

  it('claim() of a rejected photo returns its error until the limit has changed', async () => {
    const photo = photoOf()
    const limit = { name: 'HEIC', value: 'off' } as const
    const error = { code: 'heic-disabled', message: 'scripted', retryable: false, limit } as const
    await store.claim(photo, lease('a'), NOW)
    await store.update(photo, 'a', { status: 'rejected', error, lease: null }, NOW)
    const claim = async (again: Rerun) => store.claim(photo, lease('b'), later(1), again)
    expect(await claim(rerun('unless-succeeded'))).toEqual({ decision: 'rejected', error })
    expect(await claim(rerun('unless-succeeded', 'original'))).toMatchObject({ decision: 'retry' })
  })

  it('claim() of an ended photo reruns the failed steps or all steps, and keeps earlier results', async () => {
    const photo = photoOf()
    const usage = { promptTokens: 1, outputTokens: 1, thoughtTokens: 0, totalTokens: 2, calls: 1 }
    const error = { code: 'blocked-safety', message: 'scripted', retryable: false } as const
    const steps = {
      describe: { state: 'succeeded', usage },
      locate: { state: 'failed', usage, error },
      draw: { state: 'succeeded' },
    } as const
    await store.claim(photo, lease('a'), NOW)
    const ended = {
      status: 'partial',
      lease: null,
      completedAt: NOW,
      caption: 'A ball.',
      error,
      steps,
    } as const
    await store.update(photo, 'a', ended, NOW)
    expect(await store.claim(photo, lease('event'), later(1))).toEqual({ decision: 'duplicate', error })

    const retry = await store.claim(photo, lease('b'), later(2), rerun('unless-succeeded'))
    expect(retry).toMatchObject({
      decision: 'retry',
      annotation: {
        status: 'processing',
        attempts: 1,
        caption: 'A ball.',
        createdAt: NOW,
        steps: {
          describe: { state: 'succeeded' },
          locate: { state: 'pending', usage },
          draw: { state: 'pending' },
        },
      },
    })
    expect('annotation' in retry && retry.annotation).not.toHaveProperty('error')
    expect('annotation' in retry && retry.annotation).not.toHaveProperty('completedAt')
    expect(await store.claim(photo, lease('c'), later(3), rerun('always'))).toEqual({ decision: 'leased' })

    await store.update(photo, 'b', { status: 'succeeded', lease: null }, later(4))
    expect(await store.claim(photo, lease('d'), later(5), rerun('unless-succeeded'))).toEqual({
      decision: 'duplicate',
    })
    expect(await store.claim(photo, lease('e'), later(6), rerun('always'))).toMatchObject({
      decision: 'restart',
      annotation: { caption: 'A ball.', steps: { describe: { state: 'pending', usage } } },
    })
  })

  it('update() writes fields, and removes undefined fields', async () => {
    const photo = photoOf()
    await store.claim(photo, lease('a'), NOW)
    await store.update(photo, 'a', { caption: 'A ball.', labels: ['ball'] }, NOW)
    await store.update(photo, 'a', { caption: undefined, lease: null }, later(1))
    const claim = await store.claim(photo, lease('b'), later(2))
    expect(claim).toMatchObject({ decision: 'resume', annotation: { labels: ['ball'] } })
    expect('annotation' in claim && claim.annotation).not.toHaveProperty('caption')
  })

  it('remove() leaves a tombstone that refuses late events, and accepts newer uploads', async () => {
    const photo = photoOf('10')
    await store.claim(photo, lease('a'), NOW)
    await store.remove({ ...photo, generation: '9' }, NOW)
    expect(await store.update(photo, 'a', { caption: 'still there' }, NOW)).toBe('written')

    await store.remove(photo, later(1))
    expect(await store.update(photo, 'a', { caption: 'too late' }, later(2))).toBe('gone')
    expect(await store.claim(photo, lease('b'), later(999))).toEqual({ decision: 'stale' })
    expect(await store.claim({ ...photo, generation: '11' }, lease('c'), later(999))).toMatchObject({
      decision: 'start',
    })
  })
})

it('firestoreAnnotationIndex() lists due photos by owner, after an owner', async () => {
  const store = firestoreAnnotations(getFirestore(app))
  // Sorted behind the owners of all other tests.
  const owners = ['a', 'b', 'c'].map((letter) => `~${process.pid}-${letter}`)
  for (const [i, owner] of owners.flatMap((each) => [each, each]).entries())
    await store.claim({ ...photoOf(), owner }, lease(`due-${i}`, later(-i)), later(-1000))
  const index = firestoreAnnotationIndex(getFirestore(app))
  const due = await index.dueAfterOwner(owners[0]!, NOW, 3)
  expect(due.map(({ owner, dueAt }) => [owner, dueAt])).toEqual([
    [owners[1], later(-3)],
    [owners[1], later(-2)],
    [owners[2], later(-5)],
  ])
  expect(due[0]).toHaveProperty('dueShard')
  expect(await index.dueAfterOwner(owners[0]!, NOW, 2, due[0])).toEqual(due.slice(1))
  expect(await index.dueAfterOwner(owners[2]!, NOW, 3)).toEqual([])
  await store.claim({ ...photoOf(), owner: null }, lease('due-none', later(-9)), later(-1000))
  const ownerless = await index.dueAfterOwner(null, NOW, 3)
  expect(ownerless.map(({ owner }) => owner)).toContain(null)
})

it('firestoreAnnotationIndex() lists due photos in pages, the longest overdue first', async () => {
  const store = firestoreAnnotations(getFirestore(app))
  // Longer overdue than the photos of all other tests.
  const longAgo = (second: number) => new Date(Date.UTC(1990, 0, 1, 0, 0, second))
  for (const second of [3, 1, 2, 2]) {
    await store.claim(photoOf(), lease('due', longAgo(second)), longAgo(0))
  }
  const index = firestoreAnnotationIndex(getFirestore(app))
  const first = await index.due(longAgo(9), 2)
  const second = await index.due(longAgo(9), 2, first.at(-1))
  expect([...first, ...second].map(({ dueAt }) => dueAt)).toEqual([1, 2, 2, 3].map(longAgo))
  expect(new Set([...first, ...second].map(({ imageId }) => imageId)).size).toBe(4)
  expect(await index.due(longAgo(9), 2, second.at(-1))).toEqual([])
})

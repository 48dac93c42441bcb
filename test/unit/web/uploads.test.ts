import { type AnnotationDocument, type Firesight, FiresightError } from '@firesight/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../../../web/src/parts/browser-storage.ts'
import { UnfinishedStore } from '../../../web/src/upload/unfinished.ts'
import { stateOf, summaryOf } from '../../../web/src/upload/upload-row.ts'
import { Uploader } from '../../../web/src/upload/uploader.ts'

/** An upload of the fake client, which the test completes. */
type Sent = {
  name: string
  imageId: string
  hasStarted: boolean
  onProgress: (fraction: number) => void
  store: () => void
  fail: (error: Error) => void
}

const LOST = new FiresightError({ code: 'network', message: 'The connection was lost.', retryable: true })

let isOnline = true
let sent: Sent[] = []
let refused: Error[] = []
let watchers = new Map<string, (document: AnnotationDocument | null) => void>()
const opened: string[] = []
const notices: string[] = []
let queueShown = 0
let store: UnfinishedStore

const firesight: Pick<Firesight, 'upload' | 'watch'> = {
  async upload(file, { signal, startWhen, onProgress } = {}) {
    const refusal = refused.shift()
    if (refusal) throw refusal
    const { promise: stored, resolve: finish, reject: fail } = Promise.withResolvers<void>()
    const { name } = file as File
    const upload: Sent = {
      name,
      imageId: `id-${name}-${sent.length}`,
      hasStarted: false,
      onProgress: (fraction) => onProgress?.({ fraction, bytes: 0, totalBytes: 0 }),
      store: finish,
      fail,
    }
    sent.push(upload)
    signal?.addEventListener('abort', () => fail(new Error('cancelled')))
    void startWhen?.then(() => (upload.hasStarted = true))
    return { path: name, imageId: upload.imageId, done: stored }
  },
  watch(photo, onChange) {
    const id = photo as string
    watchers.set(id, onChange)
    return () => watchers.delete(id)
  },
}

function newUploader(): Uploader {
  return new Uploader({
    firesight,
    segments: {},
    store,
    tab: 'this tab',
    isOnline: () => isOnline,
    openPhoto: (imageId) => opened.push(imageId),
    showQueue: () => queueShown++,
    onRefusal: (reason) => notices.push(reason),
    onChange: () => {},
  })
}

const photo = (name: string) => new File(['bytes'], name, { type: 'image/jpeg' })
const settle = async () => new Promise((resolve) => setTimeout(resolve))
const document = (status: string, more = {}) => ({ status, ...more }) as AnnotationDocument

let uploader: Uploader
const states = () => uploader.rows.filter(({ isListed }) => isListed).map(stateOf)

beforeEach(() => {
  isOnline = true
  sent = []
  refused = []
  watchers = new Map()
  opened.length = 0
  notices.length = 0
  queueShown = 0
  store = new UnfinishedStore(memoryStorage(), 'alice')
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:')
  uploader = newUploader()
})
afterEach(() => vi.restoreAllMocks())

describe('Uploader', () => {
  it('shows all files at once, and uploads three at a time in their order', async () => {
    uploader.add(['a', 'b', 'c', 'd', 'e'].map((name) => photo(`${name}.jpg`)))
    expect(states()).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'waiting'])
    expect(queueShown).toBe(1)
    await settle()
    expect(states()).toEqual(['uploading', 'uploading', 'uploading', 'waiting', 'waiting'])
    sent[1]!.store()
    await settle()
    expect(states()).toEqual(['uploading', 'processing', 'uploading', 'uploading', 'waiting'])
    expect(sent.map(({ hasStarted }) => hasStarted)).toEqual([true, true, true, true, false])
    expect(opened).toEqual([])
  })

  it('opens the page of a photo that was added alone, as soon as its id is known', async () => {
    uploader.add([photo('a.jpg')])
    await settle()
    expect([opened, queueShown]).toEqual([['id-a.jpg-0'], 0])
  })

  it('reports the document of a stored photo, and removes the row of a deleted one', async () => {
    uploader.add([photo('a.jpg'), photo('b.jpg')])
    await settle()
    for (const upload of sent) upload.store()
    await settle()
    watchers.get('id-a.jpg-0')!(null)
    watchers.get('id-b.jpg-1')!(document('processing'))
    expect(states()).toEqual(['processing', 'processing'])
    watchers.get('id-a.jpg-0')!(document('succeeded'))
    watchers.get('id-b.jpg-1')!(document('rejected'))
    expect(states()).toEqual(['annotated', 'rejected'])
    watchers.get('id-a.jpg-0')!(document('deleted'))
    expect(states()).toEqual(['rejected'])
  })

  it('gives the files of a mixed drop rows with the reason, and a file that was added alone a notice', async () => {
    const text = new File(['Buy milk'], 'notes.txt', { type: 'text/plain' })
    uploader.add([text])
    expect(notices).toEqual(['“notes.txt” is text/plain. Choose a PNG, JPEG, WebP, HEIC or HEIF photo.'])
    expect(states()).toEqual([])
    uploader.add([photo('a.jpg'), text, new File([], 'empty.png', { type: 'image/png' })])
    await settle()
    expect(states()).toEqual(['uploading', 'rejected', 'rejected'])
    expect(uploader.rows.map(({ refusal }) => refusal)).toEqual([
      undefined,
      'This file is text/plain. Choose a PNG, JPEG, WebP, HEIC or HEIF photo.',
      'This file is empty. Choose another photo.',
    ])
  })

  it('cancels a running and a waiting upload, and starts the next one', async () => {
    uploader.add(['a', 'b', 'c', 'd', 'e'].map((name) => photo(`${name}.jpg`)))
    await settle()
    uploader.cancel(uploader.rows[0]!.id)
    uploader.cancel(uploader.rows[4]!.id)
    await settle()
    expect(states()).toEqual(['cancelled', 'uploading', 'uploading', 'uploading', 'cancelled'])
    expect(sent[4]!.hasStarted).toBe(false)
  })

  it('uploads a failed and a cancelled file again under another id', async () => {
    uploader.add([photo('a.jpg'), photo('b.jpg')])
    await settle()
    sent[0]!.fail(LOST)
    uploader.cancel(uploader.rows[1]!.id)
    await settle()
    expect(states()).toEqual(['failed', 'cancelled'])
    for (const { id } of uploader.rows) uploader.retry(id)
    await settle()
    sent[3]!.store()
    await settle()
    expect(states()).toEqual(['uploading', 'processing'])
    expect(uploader.rows.map(({ imageId }) => imageId)).toEqual(['id-a.jpg-2', 'id-b.jpg-3'])
  })

  it('starts no upload while the browser is offline, and starts them when it is online again', async () => {
    isOnline = false
    refused = [LOST] // The code for uploads could not be loaded.
    uploader.add([photo('a.jpg'), photo('b.jpg')])
    await settle()
    expect([states(), sent.some(({ hasStarted }) => hasStarted)]).toEqual([['waiting', 'waiting'], false])
    isOnline = true
    uploader.resume()
    await settle()
    expect(states()).toEqual(['uploading', 'uploading'])
  })

  it('remembers uploads until they are stored, cancelled or dismissed', async () => {
    uploader.add(['a', 'b', 'c', 'd'].map((name) => photo(`${name}.jpg`)))
    await settle()
    expect(store.all().map(({ name, size, tab }) => [name, size, tab])).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => [`${name}.jpg`, 5, 'this tab']),
    )
    sent[0]!.store()
    sent[1]!.fail(LOST)
    uploader.cancel(uploader.rows[2]!.id)
    await settle()
    expect(store.all().map(({ name }) => name)).toEqual(['b.jpg', 'd.jpg'])
    uploader.dismissFinished()
    expect(store.all().map(({ name }) => name)).toEqual(['d.jpg'])
    expect(states()).toEqual(['processing', 'uploading'])
  })

  it('removes annotated photos when more files are added, and keeps failures', async () => {
    uploader.add([photo('a.jpg'), photo('b.jpg')])
    await settle()
    sent[0]!.store()
    sent[1]!.fail(LOST)
    await settle()
    watchers.get('id-a.jpg-0')!(document('succeeded'))
    uploader.add([photo('c.jpg'), photo('d.jpg')])
    await settle()
    expect(states()).toEqual(['failed', 'uploading', 'uploading'])
  })
})

describe('summaryOf()', () => {
  it('counts annotated photos, and names all others', async () => {
    uploader.add([...['a', 'b', 'c', 'd', 'e'].map((name) => photo(`${name}.jpg`)), new File(['x'], 'x.txt')])
    await settle()
    sent[0]!.store()
    sent[1]!.fail(LOST)
    uploader.cancel(uploader.rows[2]!.id)
    await settle()
    watchers.get('id-a.jpg-0')!(document('succeeded'))
    sent[3]!.onProgress(0.5)
    expect(summaryOf(uploader.rows)).toEqual({
      total: 4,
      uploaded: 1,
      done: 1,
      fraction: (1.5 + 2) / 8,
      isUploading: true,
      text: '1 of 4 done, 1 failed, 1 not accepted, 1 cancelled',
    })
  })
})

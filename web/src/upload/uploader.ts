import {
  type AnnotationDocument,
  acceptPhoto,
  canShowHeif,
  type Firesight,
  type FiresightError,
  isHeifType,
  type PhotoType,
  type Upload,
} from '@firesight/client'
import type { UploadState } from './local-photo.ts'
import type { Unfinished, UnfinishedStore } from './unfinished.ts'
import { UploadPlaces } from './upload-places.ts'
import { isFinished, type UploadRow } from './upload-row.ts'

const PARALLEL = 3

export type UploaderOptions = {
  firesight: Pick<Firesight, 'upload' | 'watch'>
  segments: Readonly<Record<string, string>>
  store: UnfinishedStore
  tab: string
  isOnline: () => boolean
  /** Opens the page of a photo that was added alone. */
  openPhoto: (imageId: string) => void
  /** Shows the queue, for several photos. */
  showQueue: () => void
  /** The reason why a file that was added alone is not accepted. */
  onRefusal: (reason: string) => void
  /** Called after each change of the rows. Progress changes often. */
  onChange: (kind: 'progress' | 'state') => void
}

type Running = { stop: AbortController; stopWatching: () => void }

/** Uploads files, up to three at a time, and watches their documents. The rows are immutable. */
export class Uploader {
  rows: readonly UploadRow[] = []
  readonly #options: UploaderOptions
  readonly #places: UploadPlaces
  readonly #running = new Map<number, Running>()
  #nextId = 1

  constructor(options: UploaderOptions) {
    this.#options = options
    this.#places = new UploadPlaces(PARALLEL, options.isOnline)
  }

  /** Starts the uploads. Never rejects: the rows hold the failures. */
  add(files: readonly File[]): void {
    const { onRefusal, showQueue } = this.#options
    const startedAt = new Date()
    const added = files.map((file) => this.#newRow(file, startedAt))
    const [first] = added
    if (!first) return
    if (added.length === 1 && first.refusal !== undefined)
      return onRefusal(first.refusal.replace('This file', `“${first.file.name}”`))
    // The rows of annotated photos would hide the new ones.
    const kept = this.rows.map((row) => (row.annotation?.status === 'succeeded' ? unlisted(row) : row))
    this.rows = [...kept, ...added]
    this.#options.onChange('state')
    if (added.length > 1) showQueue()
    for (const row of added) if (row.refusal === undefined) void this.#run(row.id, added.length === 1)
  }

  cancel(id: number): void {
    this.#running.get(id)?.stop.abort()
    this.#setUpload(id, { state: 'cancelled' })
    this.#forget(id)
  }

  /** Uploads a file again, under another name. */
  retry(id: number, opens = false): void {
    this.#setUpload(id, { state: 'waiting' })
    this.#forget(id)
    void this.#run(id, opens)
  }

  /** Removes a row from the queue. */
  dismiss(id: number): void {
    this.#running.get(id)?.stopWatching()
    this.#forget(id)
    this.#change(id, unlisted)
  }

  dismissFinished(): void {
    for (const row of this.rows) if (row.isListed && isFinished(row)) this.dismiss(row.id)
  }

  /** Call this when the browser is online again. */
  resume(): void {
    this.#places.update()
  }

  stop(): void {
    for (const { stop, stopWatching } of this.#running.values()) {
      stop.abort()
      stopWatching()
    }
  }

  #newRow(file: File, startedAt: Date): UploadRow {
    const row: UploadRow = {
      id: this.#nextId++,
      file,
      imageId: undefined,
      local: { fileName: file.name, url: null, startedAt, upload: { state: 'waiting' } },
      refusal: undefined,
      annotation: undefined,
      isListed: true,
    }
    try {
      const { contentType } = acceptPhoto(file)
      return { ...row, local: { ...row.local, url: this.#localUrl(row.id, file, contentType) } }
    } catch (error) {
      // The row shows the name already.
      const reason = (error as FiresightError).message.replace(`“${file.name}”`, 'This file')
      return { ...row, refusal: reason }
    }
  }

  /** Most browsers cannot show HEIC photos. */
  #localUrl(id: number, file: File, type: PhotoType): string | null {
    if (!isHeifType(type)) return URL.createObjectURL(file)
    void this.#showHeif(id, file)
    return null
  }

  async #showHeif(id: number, file: File): Promise<void> {
    if (await canShowHeif()) this.#change(id, (row) => withLocal(row, { url: URL.createObjectURL(file) }))
  }

  async #run(id: number, opens: boolean): Promise<void> {
    const row = this.#row(id)
    if (!row) return
    const running: Running = { stop: new AbortController(), stopWatching: () => {} }
    this.#running.get(id)?.stopWatching()
    this.#running.set(id, running)
    const { stop } = running
    const place = this.#places.enter()
    try {
      const upload = await this.#start(row, place.ready, stop.signal)
      if (stop.signal.aborted) return void upload.done.catch(() => {})
      this.#change(id, (now) => ({ ...now, imageId: upload.imageId, annotation: undefined }))
      this.#remember(row, upload.imageId)
      if (opens) this.#options.openPhoto(upload.imageId)
      await upload.done
      this.#setUpload(id, { state: 'done' })
      this.#options.store.forget(upload.imageId)
      this.#watch(id, upload.imageId, running)
    } catch (error) {
      if (!stop.signal.aborted)
        this.#setUpload(id, { state: 'failed', message: (error as FiresightError).message })
    } finally {
      place.leave()
    }
  }

  /** Code of the client that is loaded on first use cannot be loaded while the browser is offline. */
  async #start(row: UploadRow, ready: Promise<void>, signal: AbortSignal): Promise<Upload> {
    const { firesight, segments, isOnline } = this.#options
    const onProgress = ({ fraction }: { fraction: number }) =>
      signal.aborted || this.#setUpload(row.id, { state: 'running', fraction })
    const start = async () => {
      const upload = await firesight.upload(row.file, { segments, signal, startWhen: ready, onProgress })
      void ready.then(
        () => this.#row(row.id)?.local.upload.state === 'waiting' && onProgress({ fraction: 0 }),
      )
      return upload
    }
    return start().catch(async (error: FiresightError) => {
      if (error.code !== 'network' || isOnline()) throw error
      await ready
      return start()
    })
  }

  #watch(id: number, imageId: string, running: Running): void {
    const onDocument = (document: AnnotationDocument | null) => {
      if (!document) return
      if (document.status === 'deleted') return this.dismiss(id)
      this.#change(id, (row) => ({ ...row, annotation: document }))
    }
    // A failed watch leaves the row at "processing". The page of the photo shows the error.
    running.stopWatching = this.#options.firesight.watch(imageId, onDocument, () => {})
  }

  #remember({ file: { name, size }, local: { startedAt } }: UploadRow, imageId: string): void {
    const { store, tab } = this.#options
    store.remember({ imageId, name, size, tab, startedAt: startedAt.getTime() } satisfies Unfinished)
  }

  #forget(id: number): void {
    const imageId = this.#row(id)?.imageId
    if (imageId !== undefined) this.#options.store.forget(imageId)
  }

  #row(id: number): UploadRow | undefined {
    return this.rows.find((row) => row.id === id)
  }

  #setUpload(id: number, upload: UploadState): void {
    const isProgress = upload.state === 'running' && this.#row(id)?.local.upload.state === 'running'
    this.#change(id, (row) => withLocal(row, { upload }), isProgress ? 'progress' : 'state')
  }

  #change(id: number, change: (row: UploadRow) => UploadRow, kind: 'progress' | 'state' = 'state'): void {
    this.rows = this.rows.map((row) => (row.id === id ? change(row) : row))
    this.#options.onChange(kind)
  }
}

function unlisted(row: UploadRow): UploadRow {
  return { ...row, isListed: false }
}

function withLocal(row: UploadRow, changes: Partial<UploadRow['local']>): UploadRow {
  return { ...row, local: { ...row.local, ...changes } }
}

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from './local-photo.ts'
import { THIS_TAB } from './tab-lock.ts'
import type { Unfinished } from './unfinished.ts'
import { isUploading, type UploadRow } from './upload-row.ts'
import { Uploader } from './uploader.ts'
import { useUnfinishedList } from './use-unfinished-list.ts'
import { useUploadGuard } from './use-upload-guard.ts'

export type Uploads = {
  /** The photos that were added since the page was loaded, by their ids. */
  photos: ReadonlyMap<string, LocalPhoto>
  /** The rows of the queue, the oldest first. */
  rows: readonly UploadRow[]
  /** The uploads of earlier visits that were not completed. */
  unfinished: readonly Unfinished[]
  /** Uploads files, up to three at a time. */
  add: (files: readonly File[]) => void
  /** Takes the id of a row or of a photo, as `retry`. */
  cancel: (of: number | string) => void
  /** Uploads the file again. A photo gets a new id, and its page is opened. */
  retry: (of: number | string) => void
  /** Removes a row from the queue. */
  dismiss: (id: number) => void
  dismissFinished: () => void
  dismissUnfinished: (imageId: string) => void
}

type Listeners = {
  /** A photo that was added alone, or again from its page. */
  openPhoto: (imageId: string) => void
  /** Several files were added. */
  showQueue: () => void
  /** The reason why a file that was added alone is not accepted. */
  onRefusal: (reason: string) => void
}

/** Rendering each progress event of three uploads would take more time than the uploads. */
const PROGRESS_EVERY_MS = 100

/** The upload queue. The browser asks before the page is closed while an upload is running. */
export function useUploads({ firesight, segments, unfinished }: Connection, listeners: Listeners): Uploads {
  const [rows, setRows] = useState<readonly UploadRow[]>([])
  const { list, dismiss: dismissUnfinished, dismissFile } = useUnfinishedList(unfinished, firesight)
  const latest = useRef(listeners)
  latest.current = listeners
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const uploader = useMemo(() => {
    const render = () => {
      clearTimeout(timer.current)
      timer.current = undefined
      setRows(created.rows)
    }
    const created: Uploader = new Uploader({
      firesight,
      segments,
      store: unfinished,
      tab: THIS_TAB,
      isOnline: () => navigator.onLine,
      openPhoto: (imageId) => latest.current.openPhoto(imageId),
      showQueue: () => latest.current.showQueue(),
      onRefusal: (reason) => latest.current.onRefusal(reason),
      onChange: (kind) => {
        if (kind === 'state') render()
        else timer.current ??= setTimeout(render, PROGRESS_EVERY_MS)
      },
    })
    return created
  }, [firesight, segments, unfinished])

  useEffect(() => {
    const resume = () => uploader.resume()
    addEventListener('online', resume)
    return () => {
      removeEventListener('online', resume)
      clearTimeout(timer.current)
      uploader.stop()
    }
  }, [uploader])

  useUploadGuard(rows.some(isUploading))

  const add = useCallback(
    (files: readonly File[]) => {
      for (const file of files) dismissFile(file)
      uploader.add(files)
    },
    [uploader, dismissFile],
  )
  const rowOf = (of: number | string) => uploader.rows.find(({ id, imageId }) => id === of || imageId === of)
  const photos = useMemo(
    () => new Map(rows.flatMap(({ imageId, local }) => (imageId === undefined ? [] : [[imageId, local]]))),
    [rows],
  )
  return {
    photos,
    rows: useMemo(() => rows.filter(({ isListed }) => isListed), [rows]),
    unfinished: list,
    add,
    cancel: (of) => {
      const row = rowOf(of)
      if (row) uploader.cancel(row.id)
    },
    retry: (of) => {
      const row = rowOf(of)
      if (row) uploader.retry(row.id, typeof of === 'string')
    },
    dismiss: (id) => uploader.dismiss(id),
    dismissFinished: () => uploader.dismissFinished(),
    dismissUnfinished,
  }
}

import { acceptPhoto } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { THIS_TAB } from '../upload/tab-lock.ts'
import { useUploadGuard } from '../upload/use-upload-guard.ts'

/** An upload that was started in the dialog. Done uploads are in the list of photos. */
export type PickerUpload = { id: number; fileName: string; fraction: number; failure?: string }

/**
 * Uploads photos without leaving the dialog. Closing the dialog cancels the rest.
 * @param onUploaded receives the id of each photo when it is stored
 */
export function usePickerUploads(
  { firesight, segments, unfinished }: Connection,
  onUploaded: (imageId: string) => void,
): { uploads: readonly PickerUpload[]; add: (files: readonly File[]) => void } {
  const [uploads, setUploads] = useState<readonly PickerUpload[]>([])
  const stopper = useRef(new AbortController())
  const lastId = useRef(0)
  /** Until they are stored, a later visit of the page names them as unfinished. */
  const remembered = useRef(new Set<string>())
  useEffect(
    () => () => {
      stopper.current.abort()
      for (const imageId of remembered.current) unfinished.forget(imageId)
    },
    [],
  )
  useUploadGuard(uploads.some(({ failure }) => failure === undefined))

  const change = (id: number, changes: Partial<PickerUpload>) =>
    setUploads((before) => before.map((one) => (one.id === id ? { ...one, ...changes } : one)))

  const upload = async (file: File, id: number) => {
    const { signal } = stopper.current
    try {
      const { contentType } = acceptPhoto(file)
      const { imageId, done } = await firesight.upload(file, {
        contentType,
        segments,
        signal,
        onProgress: ({ fraction }) => change(id, { fraction }),
      })
      if (signal.aborted) return void done.catch(() => {})
      remembered.current.add(imageId)
      const { name, size } = file
      unfinished.remember({ imageId, name, size, tab: THIS_TAB, startedAt: Date.now() })
      await done
      unfinished.forget(imageId)
      setUploads((before) => before.filter((one) => one.id !== id))
      onUploaded(imageId)
    } catch (error) {
      if (!signal.aborted) change(id, { failure: (error as Error).message })
    }
  }
  const add = async (files: readonly File[]) => {
    const started = files.map((file) => ({ id: ++lastId.current, fileName: file.name, fraction: 0 }))
    setUploads((before) => [...before.filter(({ failure }) => failure === undefined), ...started])
    for (const [index, file] of files.entries()) await upload(file, started[index]!.id)
  }
  return { uploads, add: (files) => void add(files) }
}

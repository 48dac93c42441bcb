import { useCallback, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { type Accepted, acceptFile, isHeif } from '../photos/accept.ts'
import { type StartedUpload, startUpload } from '../photos/upload.ts'
import { uploadFailure } from '../words/upload-failure.ts'

/** A photo that was added since the page was loaded. */
export type LocalPhoto = {
  fileName: string
  /** Shows it before, and instead of, the stored one; null for formats that few browsers show. */
  url: string | null
  startedAt: Date
  upload: { state: 'running'; fraction: number } | { state: 'done' } | { state: 'failed'; message: string }
}

export type Uploads = {
  photos: ReadonlyMap<string, LocalPhoto>
  /** Uploads photos one after the other. */
  add: (files: readonly File[]) => Promise<void>
  cancel: (imageId: string) => void
}

type Listeners = {
  /** `index` counts the photos that were added together and taken. */
  onStart: (imageId: string, index: number) => void
  onRefusal: (why: string) => void
}

export function useUploads(connection: Connection, { onStart, onRefusal }: Listeners): Uploads {
  const [photos, setPhotos] = useState<ReadonlyMap<string, LocalPhoto>>(new Map())
  const tasks = useRef(new Map<string, StartedUpload['task']>())

  const change = (imageId: string, changes: Partial<LocalPhoto>) =>
    setPhotos((before) => {
      const photo = before.get(imageId)
      return photo ? new Map(before).set(imageId, { ...photo, ...changes }) : before
    })

  const addOne = async (file: File, accepted: Accepted, index: number) => {
    const { imageId, task } = await startUpload(connection, file, accepted)
    const photo: LocalPhoto = {
      fileName: file.name,
      url: isHeif(accepted.contentType) ? null : URL.createObjectURL(file),
      startedAt: new Date(),
      upload: { state: 'running', fraction: 0 },
    }
    setPhotos((before) => new Map(before).set(imageId, photo))
    tasks.current.set(imageId, task)
    onStart(imageId, index)
    task.on('state_changed', ({ bytesTransferred, totalBytes }) =>
      change(imageId, { upload: { state: 'running', fraction: bytesTransferred / totalBytes } }),
    )
    try {
      await task
      change(imageId, { upload: { state: 'done' } })
    } catch (error) {
      change(imageId, { upload: { state: 'failed', message: uploadFailure(error) } })
    } finally {
      tasks.current.delete(imageId)
    }
  }

  const add = useCallback(
    async (files: readonly File[]) => {
      const taken: [File, Accepted][] = []
      for (const file of files) {
        const accepted = acceptFile(file)
        if ('refusal' in accepted) onRefusal(accepted.refusal)
        else taken.push([file, accepted])
      }
      for (const [index, [file, accepted]] of taken.entries()) await addOne(file, accepted, index)
    },
    [connection],
  )
  const cancel = useCallback((imageId: string) => void tasks.current.get(imageId)?.cancel(), [])
  return { photos, add, cancel }
}

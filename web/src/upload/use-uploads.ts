import { acceptPhoto, canShowHeif, type FiresightError, isHeifType, type PhotoType } from '@firesight/client'
import { useCallback, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from './local-photo.ts'

export type Uploads = {
  photos: ReadonlyMap<string, LocalPhoto>
  /** Uploads photos sequentially. */
  add: (files: readonly File[]) => Promise<void>
  cancel: (imageId: string) => void
}

type Listeners = {
  /** `index` is the position among the accepted photos of one `add` call. */
  onStart: (imageId: string, index: number) => void
  onReject: (reason: string) => void
}

export function useUploads({ firesight, segments }: Connection, { onStart, onReject }: Listeners): Uploads {
  const [photos, setPhotos] = useState<ReadonlyMap<string, LocalPhoto>>(new Map())
  const stops = useRef(new Map<string, AbortController>())

  const change = (imageId: string, changes: Partial<LocalPhoto>) =>
    setPhotos((before) => {
      const photo = before.get(imageId)
      return photo ? new Map(before).set(imageId, { ...photo, ...changes }) : before
    })

  const addOne = async (file: File, contentType: PhotoType, index: number) => {
    const stop = new AbortController()
    let imageId = ''
    const upload = await firesight.upload(file, {
      segments,
      signal: stop.signal,
      onProgress: ({ fraction }) => change(imageId, { upload: { state: 'running', fraction } }),
    })
    imageId = upload.imageId
    const photo: LocalPhoto = {
      fileName: file.name,
      url: isHeifType(contentType) && !(await canShowHeif()) ? null : URL.createObjectURL(file),
      startedAt: new Date(),
      upload: { state: 'running', fraction: 0 },
    }
    setPhotos((before) => new Map(before).set(imageId, photo))
    stops.current.set(imageId, stop)
    onStart(imageId, index)
    try {
      await upload.done
      change(imageId, { upload: { state: 'done' } })
    } catch (error) {
      change(imageId, { upload: { state: 'failed', message: (error as FiresightError).message } })
    } finally {
      stops.current.delete(imageId)
    }
  }

  const add = useCallback(
    async (files: readonly File[]) => {
      const accepted: [File, PhotoType][] = []
      for (const file of files) {
        try {
          accepted.push([file, acceptPhoto(file).contentType])
        } catch (error) {
          onReject((error as FiresightError).message)
        }
      }
      for (const [index, [file, contentType]] of accepted.entries()) await addOne(file, contentType, index)
    },
    [firesight, segments],
  )
  const cancel = useCallback((imageId: string) => stops.current.get(imageId)?.abort(), [])
  return { photos, add, cancel }
}

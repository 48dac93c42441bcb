import { useEffect, useState } from 'preact/hooks'
import { isTabUploading } from './tab-lock.ts'
import type { Unfinished, UnfinishedStore } from './unfinished.ts'

/** The unfinished upload of a photo, if there is one, and whether another tab is uploading it now. */
export function useUnfinished(
  store: UnfinishedStore,
  imageId: string | undefined,
): (Unfinished & { isRunning: boolean }) | undefined {
  const upload = imageId === undefined ? undefined : store.get(imageId)
  const tab = upload?.tab
  const [isRunning, setRunning] = useState(false)
  useEffect(() => {
    if (tab !== undefined) void isTabUploading(tab).then(setRunning)
  }, [tab])
  return upload && { ...upload, isRunning }
}

import type { FirebaseStorage } from 'firebase/storage'
import { useEffect, useState } from 'preact/hooks'
import { fileUrl } from '../photos/files.ts'

/** A URL of a stored file: undefined while it is being asked for, null when there is none to be had. */
export function useFileUrl(storage: FirebaseStorage, path: string | undefined): string | null | undefined {
  const [found, setFound] = useState<{ path: string; url: string | null }>()
  useEffect(() => {
    if (path === undefined) return undefined
    let isCurrent = true
    const settle = (url: string | null) => isCurrent && setFound({ path, url })
    fileUrl(storage, path).then(settle, () => settle(null))
    return () => {
      isCurrent = false
    }
  }, [storage, path])
  return found && found.path === path ? found.url : undefined
}

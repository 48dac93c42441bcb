import { useEffect } from 'preact/hooks'
import { holdTabLock } from './tab-lock.ts'

/**
 * While uploads are running, the browser asks before the page is closed, and other tabs do not call them
 * unfinished.
 */
export function useUploadGuard(isUploading: boolean): void {
  useEffect(() => {
    if (!isUploading) return undefined
    const release = holdTabLock()
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => {
      removeEventListener('beforeunload', ask)
      release()
    }
  }, [isUploading])
}

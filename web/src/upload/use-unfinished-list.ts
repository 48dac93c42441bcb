import type { Firesight } from '@firesight/client'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { THIS_TAB, tabEnded } from './tab-lock.ts'
import { byTime, type Unfinished, type UnfinishedStore } from './unfinished.ts'

type UnfinishedList = {
  list: readonly Unfinished[]
  dismiss: (imageId: string) => void
  /** Dismisses the uploads of a file that the user has added again. */
  dismissFile: (file: { name: string; size: number }) => void
}

/** The uploads that other tabs, and this tab before it was reloaded, have not completed. */
export function useUnfinishedList(store: UnfinishedStore, firesight: Firesight): UnfinishedList {
  const [list, setList] = useState<readonly Unfinished[]>([])

  const dismiss = useCallback(
    (imageId: string) => {
      store.forget(imageId)
      setList((before) => before.filter((upload) => upload.imageId !== imageId))
    },
    [store],
  )

  useEffect(() => {
    const stop = new AbortController()
    const stops: (() => void)[] = []
    const show = async (tab: string) => {
      await tabEnded(tab, stop.signal)
      if (stop.signal.aborted) return
      const found = store.all().filter((upload) => upload.tab === tab)
      setList((before) => [...before, ...found].toSorted(byTime))
      // The last bytes may have arrived without the tab noticing it: then there is a document.
      for (const { imageId } of found)
        stops.push(
          firesight.watch(
            imageId,
            (document) => document && dismiss(imageId),
            () => {},
          ),
        )
    }
    const tabs = new Set(store.all().map(({ tab }) => tab))
    tabs.delete(THIS_TAB)
    for (const tab of tabs) show(tab).catch((error: Error) => stop.signal.aborted || reportError(error))
    return () => {
      stop.abort()
      for (const end of stops) end()
    }
  }, [store, firesight, dismiss])

  const dismissFile = useCallback(
    ({ name, size }: { name: string; size: number }) => {
      for (const upload of store.all())
        if (upload.tab !== THIS_TAB && upload.name === name && upload.size === size) dismiss(upload.imageId)
    },
    [store, dismiss],
  )
  return { list, dismiss, dismissFile }
}

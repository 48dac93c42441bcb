import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { permanentStorage } from '../parts/browser-storage.ts'
import { afterOtherTab, type Deletion, pendingDeletions } from './pending-deletions.ts'
import { photosText } from './photo-text.ts'

/** As long as in Google Photos and Gmail: enough to read the message and to reach the button. */
const UNDO_MS = 8000
/** After the pointer or the focus has left the message. */
const REST_MS = 3000
/** Deletions that run at the same time. */
const PARALLEL = 6

export type Deletions = {
  /** The photos not to show: their deletion is pending, running or done. */
  hidden: ReadonlySet<string>
  /** The last deletion that can be undone. */
  undoable: Deletion | undefined
  /** What happened last, for the message. */
  news: string
  remove: (photos: Deletion['photos']) => void
  /** Returns the photos that are shown again. */
  undo: () => Deletion['photos']
  /** Deletes now instead of at the end of the time. */
  confirm: () => void
  /** Whether the time stands still, while the user is at the message. */
  hold: (isHeld: boolean) => void
}

/**
 * Hides deleted photos at once, and deletes them when the time for Undo has passed. A pending deletion is
 * stored: if the page is closed or reloaded, the next visit resumes it.
 */
export function useDeletions({ firesight, uid }: Connection, onError: (text: string) => void): Deletions {
  const stored = useMemo(() => pendingDeletions(permanentStorage(), uid), [uid])
  const [pending, setPending] = useState<readonly Deletion[]>(stored.read)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () => new Set(pending.flatMap(({ photos }) => photos.map(({ imageId }) => imageId))),
  )
  const [news, setNews] = useState('')
  const [isHeld, setHeld] = useState(false)
  const running = useRef(new Set<string>())
  /** As `pending`, but also before the next rendering: keys may be pressed faster. */
  const latest = useRef(pending)
  const update = (next: readonly Deletion[]) => {
    latest.current = next
    setPending(next)
  }

  const hide = (photos: Deletion['photos']) =>
    setHidden((before) => new Set([...before, ...photos.map(({ imageId }) => imageId)]))
  const show = (photos: Deletion['photos']) =>
    setHidden((before) => {
      const shown = new Set(photos.map(({ imageId }) => imageId))
      return new Set([...before].filter((imageId) => !shown.has(imageId)))
    })

  const carryOut = async ({ id, photos, dueAt, isRunning }: Deletion) => {
    if (running.current.has(id)) return
    running.current.add(id)
    update(latest.current.filter((deletion) => deletion.id !== id))
    const current = stored.read().find((deletion) => deletion.id === id)
    // Undone or carried out in another tab.
    if (!current) return show(photos)
    if (current.isRunning && !isRunning) return // Another tab has just started.
    stored.start(id)
    const failures: Error[] = []
    const queue = [...photos]
    const work = async () => {
      for (let photo = queue.shift(); photo; photo = queue.shift()) {
        try {
          await firesight.remove(photo.name)
        } catch (error) {
          failures.push(error as Error)
          show([photo])
        }
      }
    }
    await Promise.all(Array.from({ length: PARALLEL }, work))
    stored.remove(id)
    const [failure] = failures
    if (failure) onError(`Could not delete ${photosText(failures.length)}: ${failure.message}`)
    const isLate = Date.now() - dueAt > UNDO_MS
    if (isLate && failures.length < photos.length)
      setNews(`Finished an earlier deletion: ${photosText(photos.length - failures.length)} deleted.`)
  }

  useEffect(() => {
    const onChange = (event: StorageEvent) => {
      const change = stored.readChange(event)
      if (!change) return
      // A deletion that runs in this tab is neither new nor undone.
      const own = change.filter(({ id }) => !running.current.has(id))
      const after = afterOtherTab(latest.current, own)
      update(after.pending)
      hide(after.added.flatMap(({ photos }) => photos))
      show(after.undone.flatMap(({ photos }) => photos))
    }
    addEventListener('storage', onChange)
    return () => removeEventListener('storage', onChange)
  }, [stored])
  useEffect(() => {
    if (isHeld || pending.length === 0) return undefined
    const next = pending.reduce((earliest, deletion) =>
      deletion.dueAt < earliest.dueAt ? deletion : earliest,
    )
    const timer = setTimeout(() => void carryOut(next), Math.max(next.dueAt - Date.now(), 0))
    return () => clearTimeout(timer)
  }, [pending, isHeld])
  useEffect(() => {
    if (news === '' || isHeld) return undefined
    const timer = setTimeout(() => setNews(''), UNDO_MS)
    return () => clearTimeout(timer)
  }, [news, isHeld])

  const undoable = pending.at(-1)
  return {
    hidden,
    undoable,
    news,
    remove: (given) => {
      // Undo must not restore a photo that an earlier deletion then deletes.
      const photos = given.filter(({ imageId }) => !hidden.has(imageId))
      if (photos.length === 0) return
      const deletion = { id: crypto.randomUUID(), photos, dueAt: Date.now() + UNDO_MS }
      stored.add(deletion)
      hide(photos)
      update([...latest.current, deletion])
      setNews('')
    },
    undo: () => {
      const last = latest.current.at(-1)
      if (!last) return []
      stored.remove(last.id)
      update(latest.current.filter(({ id }) => id !== last.id))
      show(last.photos)
      setHeld(false)
      setNews(`${photosText(last.photos.length)} restored.`)
      return last.photos
    },
    confirm: () => {
      setHeld(false)
      if (undoable) void carryOut(undoable)
      else setNews('')
    },
    hold: (held) => {
      if (held === isHeld) return
      setHeld(held)
      if (!held) {
        const earliest = Date.now() + REST_MS
        update(latest.current.map((one) => ({ ...one, dueAt: Math.max(one.dueAt, earliest) })))
      }
    },
  }
}

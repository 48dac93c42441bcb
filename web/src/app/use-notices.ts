import { useCallback, useEffect, useState } from 'preact/hooks'

type Notice = { text: string; at: number }

/** An action can report an error and open a page. Its notice stays on that page. */
const SAME_ACTION_MS = 1000

/** The notices that stay when another page is opened. @param now in milliseconds, as `at` */
export function recentNotices(notices: readonly Notice[], now: number): readonly Notice[] {
  return notices.filter(({ at }) => now - at < SAME_ACTION_MS)
}

/** The errors of the last action. They disappear when another page is opened. */
export function useNotices(page: string) {
  const [notices, setNotices] = useState<readonly Notice[]>([])
  const notify = useCallback(
    (text: string) => setNotices((before) => [...before, { text, at: performance.now() }]),
    [],
  )
  const dismiss = useCallback(() => setNotices([]), [])
  useEffect(() => setNotices((before) => recentNotices(before, performance.now())), [page])
  return { texts: notices.map(({ text }) => text), notify, dismiss }
}

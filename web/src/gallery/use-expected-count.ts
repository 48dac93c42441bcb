import { useEffect, useState } from 'preact/hooks'

/** More would not be visible before they are loaded. */
const MOST = 24

/** The number of photos at the last visit of this user, to reserve their space. */
export function useExpectedCount(uid: string, count: number | undefined): number {
  const key = `firesight.photos.${uid}`
  const [expected] = useState(() => Number(read(key)) || 0)
  useEffect(() => {
    if (count === undefined) return
    try {
      localStorage.setItem(key, String(Math.min(count, MOST)))
    } catch {
      // The browser allows no storage: the page then starts as for a new user.
    }
  }, [key, count])
  return expected
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

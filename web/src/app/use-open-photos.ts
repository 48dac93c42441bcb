import { useEffect, useState } from 'preact/hooks'

/**
 * Keeps the ids of the open photo, or of the two compared photos, in the URL hash, for reloads and bookmarks.
 */
export function useOpenPhotos(): { openIds: readonly string[]; open: typeof open; close: typeof close } {
  const [openIds, setOpenIds] = useState(readHash)
  useEffect(() => {
    const update = () => setOpenIds(readHash())
    addEventListener('hashchange', update)
    return () => removeEventListener('hashchange', update)
  }, [])
  return { openIds, open, close }
}

/** The link to a photo, or to the comparison of two. */
export function addressOf(...imageIds: readonly string[]): string {
  return `#${imageIds.join('+')}`
}

function open(imageId: string): void {
  location.hash = addressOf(imageId)
}

/** Closes a photo if it is still open. The other photo of a comparison stays open. */
function close(imageId: string): void {
  const openIds = readHash()
  if (openIds.includes(imageId)) location.hash = addressOf(...openIds.filter((id) => id !== imageId))
}

/** Ids are base64url of 32 bytes. Ignores any other hash. */
function readHash(): readonly string[] {
  const hash = location.hash.slice(1)
  return /^[\w-]{43}(\+[\w-]{43})?$/.test(hash) ? hash.split('+') : []
}

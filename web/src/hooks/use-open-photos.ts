import { useEffect, useState } from 'preact/hooks'

/** The open photo, or the two that are compared, are the address's hash, so that reloading, going back and bookmarks work. */
export function useOpenPhotos(): { openIds: readonly string[]; open: typeof open; close: typeof close } {
  const [openIds, setOpenIds] = useState(readHash)
  useEffect(() => {
    const follow = () => setOpenIds(readHash())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return { openIds, open, close }
}

/** Where one photo is shown, or two are compared. */
export function addressOf(...imageIds: readonly string[]): string {
  return `#${imageIds.join('+')}`
}

function open(imageId: string): void {
  location.hash = addressOf(imageId)
}

/** Goes on with what else is open, if anything, unless another photo has been opened meanwhile. */
function close(imageId: string): void {
  const openIds = readHash()
  if (openIds.includes(imageId)) location.hash = addressOf(...openIds.filter((id) => id !== imageId))
}

/** Ids are base64url of 32 bytes; anything else in the hash is not ours. */
function readHash(): readonly string[] {
  const hash = location.hash.slice(1)
  return /^[\w-]{43}(\+[\w-]{43})?$/.test(hash) ? hash.split('+') : []
}

import { useEffect, useState } from 'preact/hooks'

/** The open photo is the address's hash, so that reloading, going back and bookmarks work. */
export function useOpenPhoto(): { openId: string | null; open: typeof open; close: typeof close } {
  const [imageId, setImageId] = useState(readHash)
  useEffect(() => {
    const follow = () => setImageId(readHash())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return { openId: imageId, open, close }
}

function open(imageId: string): void {
  location.hash = imageId
}

/** Goes back to the start page, unless another photo has been opened meanwhile. */
function close(imageId: string): void {
  if (readHash() === imageId) location.hash = ''
}

/** Ids are base64url of 32 bytes; anything else in the hash is not ours. */
function readHash(): string | null {
  const hash = location.hash.slice(1)
  return /^[\w-]{43}$/.test(hash) ? hash : null
}

import { useEffect, useState } from 'preact/hooks'

/** The open photo is the address's hash, so that reloading, going back and bookmarks work. */
export function useOpenPhoto(): [imageId: string | null, open: (imageId: string | null) => void] {
  const [imageId, setImageId] = useState(readHash)
  useEffect(() => {
    const follow = () => setImageId(readHash())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return [imageId, open]
}

function open(imageId: string | null): void {
  location.hash = imageId ?? ''
}

/** Ids are base64url of 32 bytes; anything else in the hash is not ours. */
function readHash(): string | null {
  const hash = location.hash.slice(1)
  return /^[\w-]{43}$/.test(hash) ? hash : null
}

import { useEffect, useState } from 'preact/hooks'
import { type IndexMap, readIndexMap } from './index-map.ts'

/** `unreadable`: show the picture itself instead. A bucket without CORS setting refuses to be read. */
export type Overlay =
  | { state: 'loading' }
  | { state: 'ready'; url: string; map: IndexMap }
  | { state: 'unreadable'; url: string }

/** Downloads and reads the overlay once. */
export function useIndexMap(url: string | null | undefined): Overlay {
  const [overlay, setOverlay] = useState<Overlay>({ state: 'loading' })
  useEffect(() => {
    if (!url) return undefined
    let isCurrent = true
    readFile(url).then(
      (map) => isCurrent && setOverlay({ state: 'ready', url, map }),
      () => isCurrent && setOverlay({ state: 'unreadable', url }),
    )
    return () => {
      isCurrent = false
    }
  }, [url])
  return overlay.state !== 'loading' && overlay.url === url ? overlay : { state: 'loading' }
}

/** @throws Error if the file cannot be downloaded or read */
export async function readFile(url: string): Promise<IndexMap> {
  return readIndexMap(await download(url))
}

const INLINE = 'data:image/png;base64,'

async function download(url: string): Promise<Uint8Array<ArrayBuffer>> {
  // The Content-Security-Policy of the page allows no connection to data: URLs.
  if (url.startsWith(INLINE))
    return Uint8Array.from(atob(url.slice(INLINE.length)), (character) => character.charCodeAt(0))
  const response = await fetch(url)
  if (!response.ok) throw new Error(`Cannot download the masks: the server answered ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

import { useEffect, useMemo } from 'preact/hooks'

export type Size = { width: number; height: number }

/** Not one of the values that createKept() deletes at the start of a visit. */
const PREFIX = 'firesight-size:'

/**
 * The size of a photo: from its document or, until the document is loaded, as it was the last time. The page
 * reserves the space of the photo with it, so that a reload does not shift the layout.
 */
export function useRememberedSize(imageId: string, known: Size | undefined): Size | undefined {
  const remembered = useMemo(() => read(imageId), [imageId])
  const { width, height } = known ?? {}
  useEffect(() => {
    if (width && height) write(imageId, { width, height })
  }, [imageId, width, height])
  return known ?? remembered
}

function read(imageId: string): Size | undefined {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(storage()?.getItem(PREFIX + imageId) ?? '') ?? []
  return Number(width) > 0 && Number(height) > 0
    ? { width: Number(width), height: Number(height) }
    : undefined
}

function write(imageId: string, { width, height }: Size): void {
  try {
    storage()?.setItem(PREFIX + imageId, `${width}x${height}`)
  } catch {
    // The storage is full: the next reload shifts the layout.
  }
}

/** Undefined if the browser blocks storage. */
function storage(): Storage | undefined {
  try {
    return sessionStorage
  } catch {
    return undefined
  }
}

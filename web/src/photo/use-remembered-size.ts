import { useEffect, useMemo } from 'preact/hooks'
import type { Kept } from '../parts/kept.ts'

export type Size = { width: number; height: number }

/**
 * The size of a photo: from its document or, until the document is loaded, as it was the last time. The page
 * reserves the space of the photo with it, so that a reload does not shift the layout.
 */
export function useRememberedSize(kept: Kept, imageId: string, known: Size | undefined): Size | undefined {
  // The generation is not known before the document is loaded.
  const slot = useMemo(() => kept.slot<Size>('size', [{ imageId, generation: '' }]), [kept, imageId])
  const remembered = useMemo(() => slot.read(), [slot])
  const { width, height } = known ?? {}
  useEffect(() => {
    if (width && height) slot.write({ width, height })
  }, [slot, width, height])
  return known ?? remembered
}

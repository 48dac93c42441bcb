import type { Firesight } from '@firesight/client'
import { useEffect, useState } from 'preact/hooks'
import type { IndexMap } from './index-map.ts'
import type { Box } from './marks.ts'
import { polygonMap } from './polygon-map.ts'
import { readFile } from './use-index-map.ts'

/** An object as the functions return it. */
export type MaskedObject = Parameters<Firesight['maskUrl']>[0]

/**
 * The mask of an object, of the size of its box, also where other objects cover it. The overlay does not have
 * these pixels. Undefined until it is loaded, if it cannot be loaded, and if no other object overlaps.
 */
export function useExactMask(
  firesight: Firesight,
  objects: readonly MaskedObject[],
  index: number | null,
): IndexMap | undefined {
  const [found, setFound] = useState<{ object: MaskedObject; mask: IndexMap | undefined }>()
  const object = index === null ? undefined : objects[index]
  const isNeeded = object?.mask && objects.some((other) => other !== object && overlap(object.box, other.box))
  useEffect(() => {
    if (!object || !isNeeded) return undefined
    let isCurrent = true
    maskOf(firesight, object).then(
      (mask) => isCurrent && setFound({ object, mask }),
      () => isCurrent && setFound({ object, mask: undefined }),
    )
    return () => {
      isCurrent = false
    }
  }, [firesight, object, isNeeded])
  return found && found.object === object ? found.mask : undefined
}

const masks = new WeakMap<MaskedObject, Promise<IndexMap | undefined>>()

/** Loads each mask once. */
async function maskOf(firesight: Firesight, object: MaskedObject): Promise<IndexMap | undefined> {
  const loading = masks.get(object) ?? load(firesight, object)
  masks.set(object, loading)
  loading.catch(() => masks.delete(object)) // The next highlight tries again.
  return loading
}

async function load(firesight: Firesight, object: MaskedObject): Promise<IndexMap | undefined> {
  const { mask, box } = object
  // The polygon of a stored mask is simplified, and its file is exact.
  if (mask?.polygon && mask.path === undefined && mask.png === undefined) return polygonMap(mask.polygon, box)
  const url = await firesight.maskUrl(object)
  return url === null ? undefined : readFile(url)
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

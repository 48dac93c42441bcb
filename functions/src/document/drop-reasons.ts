type Loss = { costs: 'object' | 'mask' | 'region' | 'difference' | 'nothing'; meaning: string }

/** Why a part of a model's answer cannot be used, and what is lost. Source of a table in docs/errors.md. */
export const DROP_REASONS = {
  'object-unreadable': { costs: 'object', meaning: 'an entry that is not an object, or is too damaged' },
  'object-cut': {
    costs: 'object',
    meaning: 'an entry that the answer broke off before its box and its label or mask were complete',
  },
  'box-missing': { costs: 'object', meaning: 'an entry without a box' },
  'box-unreadable': { costs: 'object', meaning: 'an entry whose box does not have four numbers' },
  'box-empty': { costs: 'object', meaning: 'a box without area inside the image' },
  'point-only': { costs: 'object', meaning: 'a point instead of a box' },
  'too-many-objects': { costs: 'object', meaning: 'more objects than `MAX_OBJECTS`' },
  duplicate: {
    costs: 'nothing',
    meaning:
      'the same label with nearly the same box (IoU over 0.95), or the same object in a second answer: merged',
  },
  'mask-tokens': {
    costs: 'mask',
    meaning: 'the mask has the form of `<seg_N>` tokens, which only Google can decode',
  },
  'mask-unreadable': { costs: 'mask', meaning: 'the mask is neither a complete PNG nor a polygon' },
  'mask-too-large': { costs: 'mask', meaning: 'the mask is larger than 1 MiB' },
  'mask-too-complex': {
    costs: 'mask',
    meaning:
      'stripes or noise: more runs of pixels than the limit for one mask, or for all masks of the photo',
  },
  'mask-outside-box': {
    costs: 'mask',
    meaning: 'the polygon does not match the box, in either order of x and y',
  },
  'mask-empty': { costs: 'mask', meaning: 'no pixel of the mask is above the threshold' },
  'mask-not-asked': {
    costs: 'mask',
    meaning:
      'the answer with masks could not be read completely, and a second request asked for boxes only; or `MASK_POINTS` is 0, which is not counted as a loss',
  },
  'mask-over-limit': {
    costs: 'mask',
    meaning: 'the masks would make the result of the call too large; use the output `stored` instead',
  },
  'region-clipped': { costs: 'nothing', meaning: 'a part of the region is outside its image: clipped' },
  'region-outside': { costs: 'region', meaning: 'a region without area inside its image' },
  'region-image': { costs: 'region', meaning: 'a region of an image that the request does not have' },
  'region-unreadable': { costs: 'region', meaning: 'a region whose box does not have four numbers' },
  'region-over-limit': { costs: 'region', meaning: 'more than 100 regions of one difference' },
  'difference-over-limit': { costs: 'difference', meaning: 'more than 50 differences' },
  'difference-unreadable': { costs: 'difference', meaning: 'a difference without a description' },
} as const satisfies Record<string, Loss>

export type DropReason = keyof typeof DROP_REASONS

/** The number of occurrences by reason. */
export type Dropped = Partial<Record<DropReason, number>>

/** Adds to a count, in place. */
export function count(dropped: Dropped, reason: DropReason, times = 1): void {
  dropped[reason] = (dropped[reason] ?? 0) + times
}

/** All reasons but those that cost only a mask. */
export function withoutMaskReasons(dropped: Dropped): Dropped {
  const reasons = Object.entries(dropped) as [DropReason, number][]
  return Object.fromEntries(reasons.filter(([reason]) => DROP_REASONS[reason].costs !== 'mask'))
}

/** The number of objects, regions or differences that were dropped completely. */
export function countLost(dropped: Dropped, what: 'object' | 'region' | 'difference'): number {
  return (Object.keys(dropped) as DropReason[])
    .filter((reason) => DROP_REASONS[reason].costs === what)
    .reduce((sum, reason) => sum + dropped[reason]!, 0)
}

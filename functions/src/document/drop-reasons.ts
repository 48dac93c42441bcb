type Loss = { costs: 'object' | 'mask' | 'region' | 'difference' | 'nothing'; meaning: string }

/** Why a part of a model's answer could not be used, and what that cost. Documented in docs/errors.md, from here. */
export const DROP_REASONS = {
  'object-unreadable': { costs: 'object', meaning: 'an entry that is no object, or beyond repair' },
  'object-cut': {
    costs: 'object',
    meaning: 'an entry that breaks off before it said enough',
  },
  'box-missing': { costs: 'object', meaning: 'an entry without a box' },
  'box-unreadable': { costs: 'object', meaning: 'an entry whose box is not four numbers' },
  'box-empty': { costs: 'object', meaning: 'a box without area inside the picture' },
  'point-only': { costs: 'object', meaning: 'a point in place of a box' },
  'too-many-objects': { costs: 'object', meaning: 'beyond `MAX_OBJECTS`' },
  duplicate: {
    costs: 'nothing',
    meaning:
      'the same label with nearly the same box (IoU over 0.95), or told again by a second answer: merged',
  },
  'mask-tokens': {
    costs: 'mask',
    meaning: 'the mask came as `<seg_N>` tokens, which only Google can decode',
  },
  'mask-unreadable': { costs: 'mask', meaning: 'the mask was no whole PNG and no polygon' },
  'mask-too-large': { costs: 'mask', meaning: 'the mask was larger than 1 MiB' },
  'mask-too-complex': {
    costs: 'mask',
    meaning:
      'stripes or noise: more runs of pixels than are drawn for one mask, or for all masks of the photo',
  },
  'mask-outside-box': {
    costs: 'mask',
    meaning: 'the polygon does not lie where the box does, in either order of x and y',
  },
  'mask-empty': { costs: 'mask', meaning: 'no pixel of the mask was over the threshold' },
  'mask-not-asked': {
    costs: 'mask',
    meaning: 'the answer with masks could not be read whole, and the objects were asked for again without',
  },
  'mask-over-limit': {
    costs: 'mask',
    meaning: 'the masks of a call would have made its result too large: store them instead',
  },
  'region-clipped': { costs: 'nothing', meaning: 'a part of the region was outside its image: clipped' },
  'region-outside': { costs: 'region', meaning: 'a region without area inside its image' },
  'region-image': { costs: 'region', meaning: 'a region of an image that the request does not have' },
  'region-unreadable': { costs: 'region', meaning: 'a region without four numbers for its box' },
  'region-over-limit': { costs: 'region', meaning: 'beyond 100 regions of one difference' },
  'difference-over-limit': { costs: 'difference', meaning: 'beyond 50 differences' },
  'difference-unreadable': { costs: 'difference', meaning: 'a difference that says nothing' },
} as const satisfies Record<string, Loss>

export type DropReason = keyof typeof DROP_REASONS

/** How often each reason occurred. */
export type Dropped = Partial<Record<DropReason, number>>

/** Counts one more, or as many as `times` says, in place. */
export function count(dropped: Dropped, reason: DropReason, times = 1): void {
  dropped[reason] = (dropped[reason] ?? 0) + times
}

/** What was lost beside masks. */
export function withoutMaskReasons(dropped: Dropped): Dropped {
  const reasons = Object.entries(dropped) as [DropReason, number][]
  return Object.fromEntries(reasons.filter(([reason]) => DROP_REASONS[reason].costs !== 'mask'))
}

/** How many objects, regions or differences were lost, and not only a part of them. */
export function countLost(dropped: Dropped, what: 'object' | 'region' | 'difference'): number {
  return (Object.keys(dropped) as DropReason[])
    .filter((reason) => DROP_REASONS[reason].costs === what)
    .reduce((sum, reason) => sum + dropped[reason]!, 0)
}

type Loss = { costs: 'object' | 'mask' | 'nothing'; meaning: string }

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
} as const satisfies Record<string, Loss>

export type DropReason = keyof typeof DROP_REASONS

/** How often each reason occurred. */
export type Dropped = Partial<Record<DropReason, number>>

/** Counts one more, in place. */
export function count(dropped: Dropped, reason: DropReason): void {
  dropped[reason] = (dropped[reason] ?? 0) + 1
}

/** How many objects were lost, and not only their masks. */
export function droppedObjects(dropped: Dropped): number {
  return (Object.keys(dropped) as DropReason[])
    .filter((reason) => DROP_REASONS[reason].costs === 'object')
    .reduce((sum, reason) => sum + dropped[reason]!, 0)
}

import type { AnswerState } from '../../answers/answer-json.ts'
import { type Box2d, overlap } from '../../document/box.ts'
import { count, type Dropped, type DropReason } from '../../document/drop-reasons.ts'
import { VisionError } from '../../errors.ts'
import type { ModelAnswer } from '../../ports/vision-model.ts'
import { findEntries } from './find-entries.ts'
import { type AnswerMask, readMasks } from './read-mask.ts'
import { type FoundObject, readObject } from './read-object.ts'

/** An object as the model gave it, in coordinates of 0 to 1000 of the image's height and width. */
export type LocatedObject = {
  label: string
  box2d: Box2d
  mask: AnswerMask | null
  /** Why there is no mask, if the model gave one or was not asked for it. */
  maskReason?: DropReason
}

export type Located = {
  objects: LocatedObject[]
  /** The parts of the answers that cannot be used, by reason. An object whose mask is dropped is kept. */
  dropped: Dropped
  /** `salvaged`: the answer was damaged, so a part of it may be missing. */
  state: AnswerState
}

export type AnswerText = Pick<ModelAnswer, 'text' | 'truncated'>

/** Two entries with the same label and a higher IoU are one object. */
const DUPLICATE_IOU = 0.95

/**
 * The objects of an answer, in any of the forms that real models give. Every entry that cannot be used is
 * counted with its reason. "No objects" is a result only if the model stated it. Takes time in proportion to
 * the answer's length.
 * @param maxObjects further objects are dropped and counted
 * @throws VisionError `answer-unreadable`, or `answer-truncated` if the answer was cut, when it has no list
 * of objects or no entry that can be used
 */
export function readLocation(answer: AnswerText, maxObjects: number): Located {
  const { failure, ...located } = tryLocation(answer, maxObjects)
  if (failure) throw failure
  return located
}

/** As `readLocation`, but returns the failure, together with the reasons of the dropped entries. */
export function tryLocation(answer: AnswerText, maxObjects: number): Located & { failure?: VisionError } {
  const { entries, lost, statesNone, damaged } = findEntries(answer.text)
  const dropped: Dropped = {}
  if (lost.unreadable > 0) dropped['object-unreadable'] = lost.unreadable
  if (lost.cut > 0) dropped['object-cut'] = lost.cut
  const distinct = new DistinctObjects(maxObjects, dropped)
  for (const entry of entries) {
    const object = readObject(entry)
    if (typeof object === 'string') count(dropped, object)
    else distinct.add(object)
  }
  const lostAll = distinct.objects.length === 0 && (!statesNone || damaged || Object.keys(dropped).length > 0)
  return {
    objects: distinct.objects.map((object) => withMask(object, dropped)),
    dropped,
    state: damaged ? 'salvaged' : 'read',
    ...(lostAll && { failure: unreadable(answer, dropped) }),
  }
}

/** Objects in the order of the answer, without duplicates. */
class DistinctObjects {
  readonly objects: FoundObject[] = []
  private readonly byLabel = new Map<string, FoundObject[]>()
  private readonly max: number
  private readonly dropped: Dropped

  constructor(max: number, dropped: Dropped) {
    this.max = max
    this.dropped = dropped
  }

  add(object: FoundObject): void {
    const sameLabel = this.byLabel.get(object.label)
    const duplicate = sameLabel?.find(({ box2d }) => overlap(box2d, object.box2d) > DUPLICATE_IOU)
    if (duplicate) {
      duplicate.masks.push(...object.masks)
      count(this.dropped, 'duplicate')
    } else if (this.objects.length >= this.max) {
      count(this.dropped, 'too-many-objects')
    } else {
      this.objects.push(object)
      if (sameLabel) sameLabel.push(object)
      else this.byLabel.set(object.label, [object])
    }
  }
}

function withMask({ label, box2d, masks }: FoundObject, dropped: Dropped): LocatedObject {
  const { mask: readable, reason } = readMasks(masks, box2d)
  if (!reason) return { label, box2d, mask: readable }
  count(dropped, reason)
  return { label, box2d, mask: null, maskReason: reason }
}

function unreadable({ text, truncated }: AnswerText, dropped: Dropped): VisionError {
  const reasons = Object.entries(dropped).map(([reason, times]) => `${times} x ${reason}`)
  const found =
    reasons.length > 0 ? reasons.join(', ') : `its ${text.length} characters hold no list of objects`
  return new VisionError(
    truncated ? 'answer-truncated' : 'answer-unreadable',
    `Cannot read the objects: ${found}`,
  )
}

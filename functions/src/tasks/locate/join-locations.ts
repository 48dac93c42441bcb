import { overlap } from '../../document/box.ts'
import { count, type DropReason } from '../../document/drop-reasons.ts'
import { type AnswerText, type Located, type LocatedObject, tryLocation } from './read-location.ts'

/** Least IoU of two boxes of one object, with different labels and with the same label. */
const SAME_PLACE_IOU = 0.8
const SAME_LABEL_IOU = 0.5

/**
 * The objects of one picture from all answers about it. The first request asks for masks. If its answer
 * cannot be read completely, a second one asks for boxes only. Objects of the first answer have precedence,
 * because they have masks. The losses of all answers are counted.
 * @throws VisionError `answer-*` if none of the answers can be read
 */
export function readLocations(answers: readonly AnswerText[], maxObjects: number): Located {
  const joined: Located = { objects: [], dropped: {}, state: 'read' }
  const readings = answers.map((answer) => tryLocation(answer, maxObjects))
  const { failure } = readings.at(-1)!
  if (failure && readings.every((reading) => reading.failure)) throw failure
  readings.forEach((located, index) => {
    const added = index === 0 ? located.objects : located.objects.map(withoutMask)
    join(joined, { ...located, objects: added }, maxObjects)
  })
  // Objects may be missing: the first answer was incomplete, and the second one asks for fewer objects.
  if (answers.length > 1) joined.state = 'salvaged'
  return joined
}

/**
 * The answers to a request for boxes only: no mask is lost. Masks that a model gave nevertheless are kept.
 */
export function masksNotAsked({ objects, dropped, state }: Located): Located {
  const { 'mask-not-asked': _, ...losses } = dropped
  return {
    objects: objects.map((object) =>
      object.mask || object.maskReason ? object : { ...object, maskReason: 'mask-not-asked' },
    ),
    dropped: losses,
    state,
  }
}

function withoutMask({ label, box2d }: LocatedObject): LocatedObject {
  return { label, box2d, mask: null, maskReason: 'mask-not-asked' }
}

function join(joined: Located, { objects, dropped, state }: Located, maxObjects: number): void {
  const earlier = [...joined.objects]
  for (const [reason, times] of Object.entries(dropped) as [DropReason, number][]) {
    count(joined.dropped, reason, times)
  }
  if (state === 'salvaged') joined.state = 'salvaged'
  for (const object of objects) {
    if (earlier.some((other) => isSame(other, object))) count(joined.dropped, 'duplicate')
    else if (joined.objects.length >= maxObjects) count(joined.dropped, 'too-many-objects')
    else {
      joined.objects.push(object)
      if (object.maskReason === 'mask-not-asked') count(joined.dropped, object.maskReason)
    }
  }
}

function isSame(a: LocatedObject, b: LocatedObject): boolean {
  return overlap(a.box2d, b.box2d) > (a.label === b.label ? SAME_LABEL_IOU : SAME_PLACE_IOU)
}

import { overlap } from '../../document/box.ts'
import { count, type Dropped, type DropReason } from '../../document/drop-reasons.ts'
import { type AnswerText, type Located, type LocatedObject, tryLocation } from './read-location.ts'

/** Boxes of two answers that have so much in common are of one thing: whatever it is called, or if it is called the same. */
const SAME_PLACE = 0.8
const SAME_THING = 0.5

/**
 * The objects of one picture out of all answers about it: the first was asked for masks, any later one for boxes alone, because the first
 * could not be read whole. What the first has wins, since it has masks. What any of them lost stays counted.
 * @throws VisionError `answer-*` when none of them can be read
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
  // What came out of several answers may lack what the first of them broke off before.
  if (answers.length > 1) joined.state = 'salvaged'
  return joined
}

function withoutMask({ label, box2d }: LocatedObject): LocatedObject {
  return { label, box2d, mask: null, maskReason: 'mask-not-asked' }
}

function join(joined: Located, { objects, dropped, state }: Located, maxObjects: number): void {
  const earlier = [...joined.objects]
  for (const [reason, times] of Object.entries(dropped) as [DropReason, number][]) {
    joined.dropped[reason] = (joined.dropped[reason] ?? 0) + times
  }
  if (state === 'salvaged') joined.state = 'salvaged'
  for (const object of objects) {
    if (earlier.some((other) => isSame(other, object))) count(joined.dropped, 'duplicate')
    else if (joined.objects.length >= maxObjects) count(joined.dropped, 'too-many-objects')
    else add(object, joined)
  }
}

function add(object: LocatedObject, joined: { objects: LocatedObject[]; dropped: Dropped }): void {
  joined.objects.push(object)
  if (object.maskReason === 'mask-not-asked') count(joined.dropped, object.maskReason)
}

function isSame(a: LocatedObject, b: LocatedObject): boolean {
  return overlap(a.box2d, b.box2d) > (a.label === b.label ? SAME_THING : SAME_PLACE)
}

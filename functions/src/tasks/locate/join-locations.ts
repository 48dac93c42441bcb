import { overlap } from '../../annotations/box.ts'
import { count, type Dropped, type DropReason } from '../../annotations/drop-reasons.ts'
import { asVisionError } from '../../errors.ts'
import { type AnswerText, type Located, readLocation } from './read-location.ts'

/** Two answers about one picture name things differently; boxes that have more in common are one thing. */
const SAME_THING = 0.5

/**
 * The objects of one picture out of all answers about it: the first was asked for masks, any later one for boxes alone, because the first
 * could not be read whole. What the first has wins, since it has masks.
 * @throws VisionError `answer-*` when none of them can be read
 */
export function readLocations(answers: readonly AnswerText[], maxObjects: number): Located {
  const readings: { located: Located; masksAsked: boolean }[] = []
  let failure: unknown
  answers.forEach((answer, index) => {
    try {
      readings.push({ located: readLocation(answer, maxObjects), masksAsked: index === 0 })
    } catch (error) {
      if (!asVisionError(error)) throw error
      failure = error
    }
  })
  if (readings.length === 0) throw failure
  const joined: Located = { objects: [], dropped: {}, state: 'read' }
  for (const { located, masksAsked } of readings) join(joined, located, masksAsked, maxObjects)
  // What came out of several answers may lack what the first of them broke off before.
  if (answers.length > 1) joined.state = 'salvaged'
  return joined
}

function join(
  joined: Located,
  { objects, dropped, state }: Located,
  masksAsked: boolean,
  maxObjects: number,
): void {
  const earlier = [...joined.objects]
  addCounts(joined.dropped, dropped)
  if (state === 'salvaged') joined.state = 'salvaged'
  for (const object of objects) {
    if (earlier.some(({ box2d }) => overlap(box2d, object.box2d) > SAME_THING)) continue
    if (joined.objects.length >= maxObjects) {
      count(joined.dropped, 'too-many-objects')
    } else if (masksAsked) {
      joined.objects.push(object)
    } else {
      joined.objects.push({ ...object, mask: null, maskReason: 'mask-not-asked' })
      count(joined.dropped, 'mask-not-asked')
    }
  }
}

function addCounts(sum: Dropped, more: Dropped): void {
  for (const [reason, times] of Object.entries(more) as [DropReason, number][]) {
    sum[reason] = (sum[reason] ?? 0) + times
  }
}

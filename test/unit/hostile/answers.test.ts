import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerFamilies } from '../../hostile/answers/answers.ts'
import { Lanes } from '../../hostile/lanes.ts'
import { answerSubjects } from '../../hostile/subjects.ts'
import { tryPhoto } from '../../hostile/trial.ts'

/* The answers that take no time; `npm run test:hostile` tries all. */

let lanes: Lanes
beforeAll(async () => {
  lanes = await Lanes.open(1)
})
afterAll(async () => lanes[Symbol.asyncDispose]())

const heavy = new Set(
  Object.values(answerFamilies).flatMap((answers) => answers.filter((answer) => answer.heavy)),
)
const isLight = (name: string) => ![...heavy].some((answer) => answer.name === name)

test.each(
  answerSubjects()
    .filter(({ name }) => isLight(name))
    .map((subject) => [`${subject.family}: ${subject.name}`, subject] as const),
)('annotateImage() stores what a document may hold of %s', async (_, subject) => {
  expect((await tryPhoto(subject, lanes.all[0]!)).faults).toEqual([])
})

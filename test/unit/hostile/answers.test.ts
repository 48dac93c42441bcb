import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerFamilies } from '../../hostile/answers/answers.ts'
import { Lanes } from '../../hostile/lanes.ts'
import { answerSubjects } from '../../hostile/subjects.ts'
import { tryPhoto } from '../../hostile/trial.ts'
import { spread } from './spread.ts'

/* A few answers of each family. `npm run test:hostile` tries all. */

const PER_FAMILY = 4

let lanes: Lanes
beforeAll(async () => {
  lanes = await Lanes.open(1)
})
afterAll(async () => lanes[Symbol.asyncDispose]())

const heavy = new Set(
  Object.values(answerFamilies).flatMap((answers) => answers.filter((answer) => answer.heavy)),
)
const isLight = (name: string) => ![...heavy].some((answer) => answer.name === name)
const lightSubjects = answerSubjects().filter(({ name }) => isLight(name))
const families = Map.groupBy(lightSubjects, ({ family }) => family)
const sample = [...families.values()].flatMap((subjects) => spread(subjects, PER_FAMILY))

it.each(sample)('annotateImage() stores a valid document for hostile $family: $name', async (subject) => {
  expect((await tryPhoto(subject, lanes.all[0]!)).faults).toEqual([])
})

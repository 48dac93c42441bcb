import { VisionError } from '../../functions/src/errors.ts'
import { readLocation } from '../../functions/src/tasks/locate/read-location.ts'
import { Measurements } from '../measure/measurements.ts'
import { type Case, measureRounds, time } from '../measure/rounds.ts'
import { withoutFence } from '../peers/sharp.ts'
import { MAX_OBJECTS } from './draw-layer.ts'
import { type Garbage, makeGarbage, makeSoundJson } from './garbage.ts'
import { type Context, figure, type Part, type PartResult, times } from './part.ts'

export const SOUND_JSON = 'JSON.parse of sound JSON of that length'

export const read: Part = {
  name: 'read',
  title: 'Reading answers',
  async measure(context: Context): Promise<PartResult> {
    const { rounds, counts, garbageCharacters } = context.plan
    const garbage = garbageOf(context)
    const measurements = await measureRounds(makeCases(context, garbage), { rounds, ...context })
    const measured = new Measurements(measurements)
    return {
      measurements,
      tables: [
        {
          title: 'Sound answers with masks: time, and ÷ JSON.parse of the JSON in them',
          columns: ['characters', 'time', '÷ JSON.parse'],
          rows: counts.map((count) => ({
            name: count === 1 ? '1 object' : `${count} objects`,
            cells: [
              { text: context.data.answer(count).text.length.toLocaleString('en') },
              figure('ms', measured.summary(soundId(count))),
              times(measured.ratio(soundId(count), parseId(count))),
            ],
          })),
        },
        {
          title: `${garbageCharacters.toLocaleString('en')} characters of nonsense`,
          columns: ['ends as', 'time', '÷ JSON.parse of sound JSON of that length'],
          rows: [
            ...garbage.map((one) => ({
              name: one.name,
              cells: [
                { text: outcome(one) },
                figure('ms', measured.summary(garbageId(one.name))),
                times(measured.ratio(garbageId(one.name), SOUND_JSON)),
              ],
            })),
            {
              name: SOUND_JSON,
              cells: [{ text: '' }, figure('ms', measured.summary(SOUND_JSON)), { text: '' }],
            },
          ],
        },
      ],
      notes: ['From the text of an answer to its objects, without decoding masks (`readLocation`).'],
    }
  },
}

function garbageId(name: string): string {
  return `garbage: ${name}`
}

export function isGarbageId(id: string): boolean {
  return id.startsWith(garbageId(''))
}

function soundId(count: number): string {
  return `read, ${count} objects`
}

function parseId(count: number): string {
  return `JSON.parse, ${count} objects`
}

function garbageOf({ plan, data }: Context): Garbage[] {
  return makeGarbage(plan.garbageCharacters, data.answer(plan.counts.at(-1)!).text)
}

function makeCases({ plan, data }: Context, garbage: Garbage[]): Case[] {
  const cases: Case[] = []
  const add = (id: string, isPeer: boolean, repeats: number, work: () => unknown) =>
    cases.push({ id, unit: 'ms', isPeer, warmUps: 2, run: () => time(work, repeats) })
  for (const count of plan.counts) {
    const { text } = data.answer(count)
    const json = withoutFence(text)
    add(soundId(count), false, 10, () => readLocation({ text, truncated: false }, MAX_OBJECTS))
    add(parseId(count), true, 10, () => JSON.parse(json))
  }
  const json = makeSoundJson(plan.garbageCharacters)
  add(SOUND_JSON, true, 10, () => JSON.parse(json))
  for (const one of garbage) add(garbageId(one.name), false, 1, () => readGarbage(one))
  return cases
}

/**
 * The result of an invalid answer: an error code, or a number of objects. Other errors are bugs and end the
 * run.
 */
function outcome(garbage: Garbage): string {
  const found = readGarbage(garbage)
  return typeof found === 'string' ? `\`${found}\`` : `objects: ${found}`
}

function readGarbage({ text, truncated }: Garbage): string | number {
  try {
    return readLocation({ text, truncated }, MAX_OBJECTS).objects.length
  } catch (error) {
    if (error instanceof VisionError) return error.code
    throw error
  }
}

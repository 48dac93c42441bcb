import type { Family } from '../api/models.ts'
import type { GenerationConfig } from '../api/request.ts'
import type { Sight } from '../vision/look.ts'
import { compare } from './compare.ts'
import { locate, writeList } from './locate.ts'
import { onlyTargets, readTask } from './prompt.ts'
import { answerQuestion } from './question.ts'
import { fillSchema } from './schema/fill-schema.ts'
import { chooseValue } from './schema/subject.ts'

export type Question = {
  text: string
  system: string
  sights: Sight[]
  config: GenerationConfig
  family: Family
}

const NOTHING: Sight = { width: 0, height: 0, background: 'white', drawn: true, things: [] }

/** The words of the answer to a prompt about images that have been looked at. */
export async function answer({ text, system, sights, config, family }: Question): Promise<string> {
  const schema = config.responseJsonSchema ?? config.responseSchema
  const sight = sights[0] ?? NOTHING
  const things = onlyTargets(sight.things, text)
  if (schema) {
    const topic = { text, sights: sights.length > 0 ? sights : [sight], comparison: compare(sights), family }
    const subject = { topic, sight, image: 0, things }
    if (config.responseMimeType === 'text/x.enum')
      return chooseValue((schema.enum ?? []).map(String), subject) ?? ''
    return JSON.stringify(await fillSchema(schema, subject), null, 2)
  }
  const bare = config.responseMimeType === 'application/json'
  const task = readTask(`${text}\n${system}`)
  if (task !== 'words' && sights.length > 0) {
    const list = writeList(await locate(things, task, family))
    return bare ? list : `\`\`\`json\n${list}\n\`\`\``
  }
  const words = answerQuestion(text, sights)
  return bare ? JSON.stringify({ answer: words }) : words
}

import type { Family } from '../api/families.ts'
import type { GenerationConfig } from '../api/request.ts'
import type { Scene } from '../vision/analyze.ts'
import { compare } from './compare.ts'
import { locate, writeList } from './locate.ts'
import { onlyTargets, readLimits, readTask } from './prompt.ts'
import { answerQuestion } from './question.ts'
import { fillSchema } from './schema/fill-schema.ts'
import { chooseValue } from './schema/subject.ts'

export type Question = {
  text: string
  system: string
  scenes: Scene[]
  config: GenerationConfig
  family: Family
}

const EMPTY_SCENE: Scene = { width: 0, height: 0, background: 'white', drawn: true, things: [] }

/** The text of the answer to a prompt about analyzed images. */
export async function answer({ text, system, scenes, config, family }: Question): Promise<string> {
  const schema = config.responseJsonSchema ?? config.responseSchema
  const scene = scenes[0] ?? EMPTY_SCENE
  const limits = readLimits(`${text}\n${system}`)
  const things = onlyTargets(scene.things, text).slice(0, limits.objects)
  if (schema) {
    const topic = {
      text,
      scenes: scenes.length > 0 ? scenes : [scene],
      comparison: compare(scenes),
      family,
      limits,
    }
    const subject = { topic, scene, image: 0, things }
    if (config.responseMimeType === 'text/x.enum')
      return chooseValue((schema.enum ?? []).map(String), subject) ?? ''
    return JSON.stringify(await fillSchema(schema, subject), null, limits.compact ? 0 : 2)
  }
  const isJson = config.responseMimeType === 'application/json'
  const task = readTask(`${text}\n${system}`)
  if (task !== 'words' && scenes.length > 0) {
    const list = writeList(await locate(things, task, family, limits), limits)
    return isJson ? list : `\`\`\`json\n${list}\n\`\`\``
  }
  const words = answerQuestion(text, scenes)
  return isJson ? JSON.stringify({ answer: words }) : words
}

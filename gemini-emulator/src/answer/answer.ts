import type { Family } from '../api/families.ts'
import type { GenerationConfig } from '../api/generation-config.ts'
import type { Scene } from '../vision/analyze.ts'
import { compare } from './compare.ts'
import { locate, writeList } from './locate.ts'
import { onlyTargets, readLimits, readTask } from './prompt.ts'
import { answerQuestion } from './question.ts'
import { fillSchema } from './schema/fill-schema.ts'
import { chooseValue, type Subject } from './schema/subject.ts'

export type Question = {
  text: string
  system: string
  scenes: Scene[]
  config: GenerationConfig
  family: Family
}

const EMPTY_SCENE: Scene = { width: 0, height: 0, background: 'white', drawn: true, things: [] }

/** The text of the answer to a prompt about analyzed images. */
export async function answer(question: Question): Promise<string> {
  const { text, system, scenes, config, family } = question
  const schema = config.responseJsonSchema ?? config.responseSchema
  const limits = readLimits(`${text}\n${system}`)
  if (schema) {
    const subject = subjectOf(question)
    if (config.responseMimeType === 'text/x.enum')
      return chooseValue((schema.enum ?? []).map(String), subject) ?? ''
    return JSON.stringify(await fillSchema(schema, subject), null, limits.compact ? 0 : 2)
  }
  const isJson = config.responseMimeType === 'application/json'
  const task = readTask(`${text}\n${system}`)
  if (task !== 'words' && scenes.length > 0) {
    const { things } = subjectOf(question)
    const list = writeList(await locate(things, task, family, limits), limits)
    return isJson ? list : `\`\`\`json\n${list}\n\`\`\``
  }
  const words = answerQuestion(text, scenes)
  return isJson ? JSON.stringify({ answer: words }) : words
}

/** The subject of a whole answer: the first image, and the things in it that the prompt asks for. */
export function subjectOf({ text, system, scenes, family }: Question): Subject {
  const scene = scenes[0] ?? EMPTY_SCENE
  const limits = readLimits(`${text}\n${system}`)
  const topic = {
    text,
    scenes: scenes.length > 0 ? scenes : [scene],
    comparison: compare(scenes),
    family,
    limits,
  }
  const things = onlyTargets(scene, text).slice(0, limits.objects)
  return { topic, scene, image: 0, things }
}

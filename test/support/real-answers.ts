import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { VisionError } from '../../functions/src/errors.ts'
import { annotateObjects } from '../../functions/src/pipeline/annotate-objects.ts'
import { readLocation } from '../../functions/src/tasks/locate/read-location.ts'
import type { Reading } from '../../tools/docs-answers.ts'

const folder = new URL('../../../shared/gemini-answers/', import.meta.url)

/** Answers of real models, if available. They belong to other people and are not in the repository. */
export function realAnswers(): { file: string; text: string }[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.txt')) : []
  return names.map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }))
}

/** The number of objects in an answer, and of masks that can be drawn in an image of 1000 x 1000 pixels. */
export async function readingOf(text: string): Promise<Reading> {
  try {
    const located = readLocation({ text, truncated: false }, 100)
    const { objects } = await annotateObjects(located, { width: 1000, height: 1000 })
    return {
      outcome: located.state,
      objects: objects.length,
      masks: objects.filter(({ mask }) => mask).length,
    }
  } catch (error) {
    if (!(error instanceof VisionError)) throw error
    return { outcome: 'unreadable', objects: 0, masks: 0 }
  }
}

import type { Family } from '../api/models.ts'
import type { GenerationConfig } from '../api/request.ts'
import type { Sight } from '../vision/look.ts'
import { caption } from './caption.ts'
import { locate, writeList } from './locate.ts'
import { onlyTargets, readTask } from './prompt.ts'

export type Question = { text: string; system: string; sights: Sight[]; config: GenerationConfig; family: Family }

/** The words of the answer to a prompt about images that have been looked at. */
export async function answer({ text, system, sights, config, family }: Question): Promise<string> {
  const bare = config.responseMimeType === 'application/json'
  const task = readTask(`${text}\n${system}`)
  if (task !== 'words' && sights.length > 0) {
    const list = writeList(await locate(onlyTargets(sights[0]!.things, text), task, family))
    return bare ? list : `\`\`\`json\n${list}\n\`\`\``
  }
  const words = sights.map(caption).join(' ') || 'I see no image.'
  return bare ? JSON.stringify({ caption: words }) : words
}

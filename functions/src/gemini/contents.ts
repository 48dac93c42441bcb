import type { Content, Part } from '@google/genai'
import type { ModelRequest, RequestPart } from './vision-model.ts'

/** The turns of a request: its parts, then the conversation about them. */
export function toContents({ parts, followUps = [] }: ModelRequest): Content[] {
  return [
    { role: 'user', parts: parts.map(toPart) },
    ...followUps.map(({ role, text }) => ({ role, parts: [{ text }] })),
  ]
}

function toPart(part: RequestPart): Part {
  if ('text' in part) return { text: part.text }
  return { inlineData: { mimeType: part.image.mimeType, data: part.image.data.toString('base64') } }
}

import type { Content, Part } from '@google/genai'
import type { ModelRequest } from '../../ports/vision-model.ts'
import type { PlacedPart } from './image-files.ts'

/** The turns of a request: its parts, as they were placed, then the conversation about them. */
export function toContents(parts: PlacedPart[], { followUps = [] }: ModelRequest): Content[] {
  return [
    { role: 'user', parts: parts.map(toPart) },
    ...followUps.map(({ role, text }) => ({ role, parts: [{ text }] })),
  ]
}

function toPart(part: PlacedPart): Part {
  if ('text' in part) return { text: part.text }
  if ('file' in part) return { fileData: { mimeType: part.file.mimeType, fileUri: part.file.uri } }
  return { inlineData: { mimeType: part.image.mimeType, data: part.image.data.toString('base64') } }
}

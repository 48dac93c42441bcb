import type { Config } from '../config/config.ts'
import { estimatePromptTokens, mostImageTokens } from '../model/tokens.ts'
import type { ModelRequest } from '../ports/vision-model.ts'
import type { LoadedImage } from './load-images.ts'

/** Tokens of our rules, prompt and schema, and of numbering the images: rounded up. */
const PROMPT_TOKENS = 500

/** What a call may take, before any image was looked at: reserved, then replaced by what it took. */
export function estimateCall(
  {
    model,
    images,
    texts,
    outputTokens,
  }: { model: string; images: number; texts: readonly string[]; outputTokens: number },
  config: Config,
): number {
  const text = estimatePromptTokens({ model, images: [], texts: [...texts] })
  return images * mostImageTokens(model, config) + text + PROMPT_TOKENS + outputTokens
}

/** What a prompt should take by the published rules. */
export function estimateRequest(request: ModelRequest, images: readonly LoadedImage[]): number {
  const said = request.parts.flatMap((part) => ('text' in part ? [part.text] : []))
  const followUps = (request.followUps ?? []).map(({ text }) => text)
  const schema = request.json?.schema ? [JSON.stringify(request.json.schema)] : []
  return estimatePromptTokens({
    model: request.model,
    images: images.map(({ prepared }) => prepared),
    texts: [request.systemInstruction, ...said, ...followUps, ...schema],
  })
}

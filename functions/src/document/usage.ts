/** The model that answered. */
export type ModelIdentity = {
  provider: 'gemini-api' | 'vertex-ai'
  /** The configured model, or its successor if the Gemini API has retired it. */
  requested: string
  /** As the answer reports it: a request may be routed to another model. */
  version: string
}

/** Tokens of one or several answers. */
export type Usage = {
  promptTokens: number
  outputTokens: number
  thoughtTokens: number
  totalTokens: number
  /** Requests that were answered. */
  calls: number
}

export const NO_USAGE: Usage = {
  promptTokens: 0,
  outputTokens: 0,
  thoughtTokens: 0,
  totalTokens: 0,
  calls: 0,
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    thoughtTokens: a.thoughtTokens + b.thoughtTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    calls: a.calls + b.calls,
  }
}

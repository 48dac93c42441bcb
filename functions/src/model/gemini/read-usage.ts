import { z } from 'zod'
import type { Usage } from '../../document/usage.ts'

/** Some thirty characters. What is none goes into a document as little as what is longer. */
const version = z.string().min(1).max(200)

/** The model that the answer names, or the one that was asked. */
export function readVersion(named: unknown, requested: string): string {
  return version.safeParse(named).data ?? requested
}

const count = z.int().nonnegative().catch(0)
const usageMetadata = z
  .object({
    promptTokenCount: count,
    candidatesTokenCount: count,
    thoughtsTokenCount: count,
    totalTokenCount: count,
  })
  .catch({ promptTokenCount: 0, candidatesTokenCount: 0, thoughtsTokenCount: 0, totalTokenCount: 0 })

/** The usage of one answer. What is no number counts as 0: documents are added up by these figures. */
export function readUsage(metadata: unknown): Usage {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount } =
    usageMetadata.parse(metadata)
  return {
    promptTokens: promptTokenCount,
    outputTokens: candidatesTokenCount,
    thoughtTokens: thoughtsTokenCount,
    // A total that leaves a part out, or is left out itself, is none.
    totalTokens: Math.max(totalTokenCount, promptTokenCount + candidatesTokenCount + thoughtsTokenCount),
    calls: 1,
  }
}

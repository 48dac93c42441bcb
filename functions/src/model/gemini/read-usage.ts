import { z } from 'zod'
import type { Usage } from '../../document/usage.ts'

/** Real names have about thirty characters. */
const version = z.string().min(1).max(200)

/** The model that the answer reports, or the requested one. */
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

/** The usage of one answer. Missing and invalid numbers count as 0. */
export function readUsage(metadata: unknown): Usage {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount } =
    usageMetadata.parse(metadata)
  return {
    promptTokens: promptTokenCount,
    outputTokens: candidatesTokenCount,
    thoughtTokens: thoughtsTokenCount,
    // The reported total may be missing or incomplete.
    totalTokens: Math.max(totalTokenCount, promptTokenCount + candidatesTokenCount + thoughtsTokenCount),
    calls: 1,
  }
}

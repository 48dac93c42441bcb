/** An image on Gemini 3. https://ai.google.dev/gemini-api/docs/media-resolution, 2026-11 */
const IMAGE_TOKENS = 1120

/** What answers typically take; a crowd of objects takes several times as much. */
const OUTPUT_TOKENS = { describe: 500, locate: 4000 }

/** Tokens that a step of a photo is likely to take. */
export function estimateStep(step: 'describe' | 'locate'): number {
  return IMAGE_TOKENS + OUTPUT_TOKENS[step]
}

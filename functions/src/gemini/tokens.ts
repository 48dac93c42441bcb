import type { Size } from '../annotations/box.ts'

// Placeholder until the estimate by the published rules is in.
export function estimatePromptTokens({
  images,
  texts,
}: {
  model: string
  images: readonly Size[]
  texts: readonly string[]
}): number {
  return images.length * 1120 + texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0)
}

export function mostImageTokens(
  _model: string,
  _config: { fullResolution: boolean; maxImagePixels: number },
): number {
  return 1120
}

import type { MaskForm } from '../document/annotation.ts'

/** Differences between model families. An unknown model name counts as the newest family. */
export type ModelFamily = {
  /**
   * `budget`: thinkingBudget in tokens; `level`: thinkingLevel; `none`: no control. Both in one request are
   * an error.
   */
  thinking: { control: 'budget'; least: number } | { control: 'level'; least: 'LOW' } | { control: 'none' }
  /** The form of the family's masks. */
  masks: MaskForm
  /** Whether temperature, topP and topK may be sent: deprecated from 3.6 on. */
  sampling: boolean
  /** Tokens of an image: per tile, or the same for every size. */
  images: 'tiles' | 'fixed'
}

/**
 * First match wins. https://ai.google.dev/gemini-api/docs/models and /thinking, read 2026-11-22. The mask
 * forms of 3.x are not documented, but appear in public answers.
 */
const FAMILIES: [RegExp, ModelFamily][] = [
  [/^gemini-2\.0/, { thinking: { control: 'none' }, masks: 'png', sampling: true, images: 'tiles' }],
  // Pro cannot turn thinking off: 128 tokens is its minimum.
  [
    /^gemini-2\.5-pro/,
    { thinking: { control: 'budget', least: 128 }, masks: 'png', sampling: true, images: 'tiles' },
  ],
  [
    /^gemini-2\.5/,
    { thinking: { control: 'budget', least: 0 }, masks: 'png', sampling: true, images: 'tiles' },
  ],
  [
    /^gemini-robotics-er-1/,
    { thinking: { control: 'budget', least: 0 }, masks: 'polygon', sampling: true, images: 'tiles' },
  ],
  [
    /^gemini-3(\.[0-5])?-/,
    { thinking: { control: 'level', least: 'LOW' }, masks: 'polygon', sampling: true, images: 'fixed' },
  ],
]

const NEWEST: ModelFamily = {
  thinking: { control: 'level', least: 'LOW' },
  masks: 'polygon',
  sampling: false,
  images: 'fixed',
}

/**
 * @param model as in the parameter: `gemini-3.8-flash`, `models/gemini-2.5-flash`, or a Vertex AI resource
 *   name
 */
export function modelFamily(model: string): ModelFamily {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? NEWEST
}

import type { MaskForm } from '../document/annotation.ts'

/** Differences between model families. An unknown model name counts as the newest family. */
export type ModelFamily = {
  /**
   * `budget`: thinkingBudget in tokens; `level`: thinkingLevel; `none`: no control. Both in one request are
   * an error, and so is the control of another family in most cases.
   */
  thinking:
    | { control: 'budget'; least: number }
    | { control: 'level'; least: 'MINIMAL' | 'LOW' }
    | { control: 'none' }
  /** The form of the family's masks. */
  masks: MaskForm
  /** Whether temperature, topP and topK have an effect. Newer models ignore them. */
  sampling: boolean
  /** Tokens of an image: per tile, or the same for every size. */
  images: 'tiles' | 'fixed'
}

const NEWEST: ModelFamily = {
  thinking: { control: 'level', least: 'LOW' },
  masks: 'polygon',
  sampling: false,
  images: 'fixed',
}

/**
 * First match wins. https://ai.google.dev/gemini-api/docs/models and /thinking, read 2026-11-22. The mask
 * forms of 3.x are not documented, but appear in public answers. Sampling of 3.5 Flash-Lite:
 * https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini/3-5-flash-lite, 2026-11-30.
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
  // MINIMAL is its default, so LOW would think more.
  [/^gemini-3\.5-flash-lite/, { ...NEWEST, thinking: { control: 'level', least: 'MINIMAL' } }],
  [
    /^gemini-3(\.[0-5])?-/,
    { thinking: { control: 'level', least: 'LOW' }, masks: 'polygon', sampling: true, images: 'fixed' },
  ],
  // Thinks at the level HIGH by default, at MEDIUM in Argon. No level turns thinking off. Masks are not
  // documented.
  // https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/guides/gemini-4-hydrogen and
  // https://ai.google.dev/gemini-api/docs/generate-content/latest-model, read 2026-11-30.
  [/^gemini-4-/, NEWEST],
]

/** Whether the model still thinks at the least thinking that it allows. */
export function thinksAtLeast(model: string): boolean {
  const { thinking } = modelFamily(model)
  if (thinking.control === 'level') return thinking.least !== 'MINIMAL'
  return thinking.control === 'budget' && thinking.least > 0
}

/**
 * @param model as in the parameter: `gemini-3.8-flash`, `models/gemini-2.5-flash`, or a Vertex AI resource
 *   name
 */
export function modelFamily(model: string): ModelFamily {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? NEWEST
}

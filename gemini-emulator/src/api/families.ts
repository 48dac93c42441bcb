/** The differences between model families that matter for images. */
export type Family = {
  /** The format of masks: a PNG data URI, a polygon, or no masks. */
  masks: 'png' | 'polygon' | 'none'
  thinking: Thinking
  /**
   * Whether values for frequencyPenalty and presencePenalty, and a conversation that the model ends, are
   * errors.
   */
  strict: boolean
  /**
   * Tokens of an image: per tile, or the same for every size. Only the second kind has resolutions per part.
   */
  images: 'tiles' | 'fixed'
}

export type Thinking =
  | { control: 'none' }
  /** `zero`: whether the budget 0 turns thinking off. */
  | { control: 'budget'; zero: 'off' | 'rejected'; byDefault: boolean }
  /** `budget`: whether a thinkingBudget is accepted too. A budget of 0 counts as the level MINIMAL. */
  | { control: 'level'; levels: readonly Level[]; default: Level; budget: 'accepted' | 'rejected' }

export type Level = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'XHIGH'

const FROM_MINIMAL: Level[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']
const FROM_LOW: Level[] = ['LOW', 'MEDIUM', 'HIGH']
const TO_XHIGH: Level[] = ['LOW', 'MEDIUM', 'HIGH', 'XHIGH']

const byLevel = (levels: Level[], byDefault: Level): Thinking => ({
  control: 'level',
  levels,
  default: byDefault,
  budget: 'accepted',
})

const FAMILY_2_0: Family = { masks: 'none', thinking: { control: 'none' }, strict: false, images: 'tiles' }
const FAMILY_2_5: Family = {
  masks: 'png',
  thinking: { control: 'budget', zero: 'off', byDefault: true },
  strict: false,
  images: 'tiles',
}
const FAMILY_3: Family = {
  masks: 'polygon',
  thinking: byLevel(FROM_MINIMAL, 'HIGH'),
  strict: false,
  images: 'fixed',
}
const FAMILY_3_5: Family = { ...FAMILY_3, thinking: byLevel(FROM_MINIMAL, 'MEDIUM') }
const FAMILY_3_6: Family = { ...FAMILY_3_5, strict: true }
const FAMILY_3_7: Family = { ...FAMILY_3_6, thinking: byLevel(FROM_LOW, 'MEDIUM') }
// The masks of Gemini 4 are not documented: polygons, as 3.x returns them.
const FAMILY_4: Family = {
  ...FAMILY_3_6,
  thinking: { control: 'level', levels: TO_XHIGH, default: 'HIGH', budget: 'rejected' },
}

/**
 * First match wins. Sources, read 2026-11-30. Levels and defaults of 3.x: the developer's guides of
 * https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/guides/gemini-3-8-flash, -3-7-flash
 * and -3-5-flash. `strict`: .../models/gemini/3-5-flash-lite. Hydrogen: .../guides/gemini-4-hydrogen.
 * Argon: https://ai.google.dev/gemini-api/docs/generate-content/latest-model. Neon, and the budget that
 * Gemini 4 rejects: third parties only. Carbon: assumed to be like Hydrogen.
 */
const FAMILIES: [RegExp, Family][] = [
  [/^gemini-2\.0-/, FAMILY_2_0],
  [
    /^gemini-2\.5-flash-lite/,
    { ...FAMILY_2_5, thinking: { control: 'budget', zero: 'off', byDefault: false } },
  ],
  [/^gemini-2\.5-pro/, { ...FAMILY_2_5, thinking: { control: 'budget', zero: 'rejected', byDefault: true } }],
  [/^gemini-2\.5-/, FAMILY_2_5],
  [/^gemini-3\.5-flash-lite/, { ...FAMILY_3_6, thinking: byLevel(FROM_MINIMAL, 'MINIMAL') }],
  [/^gemini-3\.1-flash-lite/, { ...FAMILY_3, thinking: byLevel(FROM_MINIMAL, 'MINIMAL') }],
  [/^gemini-3(\.1)?-pro/, { ...FAMILY_3, thinking: byLevel(FROM_LOW, 'HIGH') }],
  [/^gemini-3(\.[0-4])?-/, FAMILY_3],
  [/^gemini-3\.5-/, FAMILY_3_5],
  [/^gemini-3\.6-/, FAMILY_3_6],
  [/^gemini-3\.\d+-/, FAMILY_3_7],
  [
    /^gemini-4-argon/,
    { ...FAMILY_4, thinking: { control: 'level', levels: FROM_LOW, default: 'MEDIUM', budget: 'rejected' } },
  ],
  [/^gemini-4-(hydrogen|carbon|neon)/, FAMILY_4],
  [/^gemini-robotics-er-1/, { ...FAMILY_2_5, masks: 'polygon' }],
  [/^gemini-robotics-er-/, FAMILY_3],
]

/** The family of a model, or undefined for a name that is not a Gemini model. */
export function familyOf(name: string): Family | undefined {
  return /^[a-z0-9.-]+$/.test(name) ? FAMILIES.find(([pattern]) => pattern.test(name))?.[1] : undefined
}

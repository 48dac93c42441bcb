import { ApiError } from './api-error.ts'

/** The differences between model families that matter for images. */
export type Family = {
  /** The format of masks: a PNG data URI, a polygon, or no masks. */
  masks: 'png' | 'polygon' | 'none'
  /** How thinking is controlled, and whether it can be turned off. */
  thinking: 'none' | 'budget' | 'budget, always on' | 'budget, off by default' | 'level'
  /** Whether temperature, topP and topK are rejected. */
  rejectsSampling: boolean
  images: 'tiles' | 'fixed'
}

export type Model = { name: string; family: Family }

const FAMILY_2_0: Family = { masks: 'none', thinking: 'none', rejectsSampling: false, images: 'tiles' }
const FAMILY_2_5: Family = { masks: 'png', thinking: 'budget', rejectsSampling: false, images: 'tiles' }
const FAMILY_3: Family = { masks: 'polygon', thinking: 'level', rejectsSampling: false, images: 'fixed' }
const FAMILY_3_6: Family = { ...FAMILY_3, rejectsSampling: true }

// https://ai.google.dev/gemini-api/docs/models and /deprecations, as of 2026-11-22. First match wins.
const FAMILIES: [RegExp, Family][] = [
  [/^gemini-2\.0-/, FAMILY_2_0],
  [/^gemini-2\.5-flash-lite/, { ...FAMILY_2_5, thinking: 'budget, off by default' }],
  [/^gemini-2\.5-pro/, { ...FAMILY_2_5, thinking: 'budget, always on' }],
  [/^gemini-2\.5-/, FAMILY_2_5],
  [/^gemini-3(\.[0-5])?-/, FAMILY_3],
  [/^gemini-3\.\d+-/, FAMILY_3_6],
  [/^gemini-robotics-er-1/, { ...FAMILY_2_5, masks: 'polygon' }],
  [/^gemini-robotics-er-/, FAMILY_3],
  [/^gemini-(flash|flash-lite|pro)-latest$/, FAMILY_3_6],
]

// Models that shut down on 1 December 2026. Their requests are routed to these successors without an error.
const SUCCESSORS: Record<string, string> = {
  'gemini-2.5-flash': 'gemini-3.5-flash-lite',
  'gemini-2.5-pro': 'gemini-3.8-flash',
}
const ROUTED_FROM = Date.parse('2026-12-01T00:00:00Z')

const ALIASES: Record<string, string> = {
  'gemini-flash-latest': 'gemini-3.8-flash',
  'gemini-flash-lite-latest': 'gemini-3.5-flash-lite',
  'gemini-pro-latest': 'gemini-3.8-flash',
}

/** The model that answers requests for a name on a date. */
export function findModel(name: string, now: Date, apiVersion: string): Model {
  const family = familyOf(name)
  if (!family)
    throw new ApiError(
      'NOT_FOUND',
      `models/${name} is not found for API version ${apiVersion}, or is not supported for generateContent. ` +
        'Call ListModels to see the list of available models and their supported methods.',
    )
  const routed = now.getTime() >= ROUTED_FROM ? SUCCESSORS[name] : undefined
  const answering = routed ?? ALIASES[name] ?? name
  return { name: answering, family: familyOf(answering) ?? family }
}

function familyOf(name: string): Family | undefined {
  return /^[a-z0-9.-]+$/.test(name) ? FAMILIES.find(([pattern]) => pattern.test(name))?.[1] : undefined
}

const LISTED = [
  'gemini-2.5-flash',
  'gemini-2.5-pro',
  'gemini-2.5-flash-lite',
  'gemini-3.5-flash',
  'gemini-3.5-flash-lite',
  'gemini-3.6-flash',
  'gemini-3.7-flash',
  'gemini-3.8-flash',
  'gemini-flash-latest',
  'gemini-flash-lite-latest',
  'gemini-robotics-er-2-preview',
]

/** The models that are available on a date. */
export function listModels(now: Date): object[] {
  return LISTED.filter((name) => now.getTime() < ROUTED_FROM || !(name in SUCCESSORS)).map(describeModel)
}

export function describeModel(name: string): object {
  return {
    name: `models/${name}`,
    version: /\d+(\.\d+)?/.exec(name)?.[0] ?? 'latest',
    displayName: name
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(' '),
    description: `Emulated ${name}. Finds and names regions of colour.`,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    thinking: familyOf(name)?.thinking !== 'none',
  }
}

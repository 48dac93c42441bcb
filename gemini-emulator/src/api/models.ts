import { ApiError } from './api-error.ts'
import { type Family, familyOf } from './families.ts'

export type Model = { name: string; family: Family }

type Route = { successor: string; from: Date }

/**
 * Models whose requests are answered by a successor, without an error. Only in the Gemini API: Vertex AI has
 * its own dates. https://ai.google.dev/gemini-api/docs/changelog (8 October 2026) and /deprecations (shutdown
 * on 1 December 2026, read 2026-11-22).
 */
const ROUTES: Record<string, Route> = {
  'gemini-3.7-flash': { successor: 'gemini-3.8-flash', from: new Date('2026-10-08T00:00:00Z') },
  'gemini-3.5-flash': { successor: 'gemini-3.6-flash', from: new Date('2026-10-08T00:00:00Z') },
  'gemini-2.5-flash': { successor: 'gemini-3.5-flash-lite', from: new Date('2026-12-01T00:00:00Z') },
  'gemini-2.5-pro': { successor: 'gemini-3.8-flash', from: new Date('2026-12-01T00:00:00Z') },
}

/**
 * Models without a successor: a 404 from this date on. https://ai.google.dev/gemini-api/docs/changelog (entry
 * of 18 February 2026) and /deprecations, read 2026-11-30.
 */
const SHUTDOWNS: [RegExp, Date][] = [
  [/^gemini-2\.0-/, new Date('2026-06-01T00:00:00Z')],
  [/^gemini-3-pro-preview$/, new Date('2026-03-09T00:00:00Z')],
]

const ALIASES: Record<string, string> = {
  'gemini-flash-latest': 'gemini-3.8-flash',
  'gemini-flash-lite-latest': 'gemini-3.5-flash-lite',
  'gemini-pro-latest': 'gemini-3.8-flash',
}

/** Where and when a model is requested. */
export type ModelRequest = { now: Date; apiVersion: string; isVertexAi: boolean }

/** The model that answers requests for a name. */
export function findModel(name: string, { now, apiVersion, isVertexAi }: ModelRequest): Model {
  const known = ALIASES[name] ?? name
  const answering = isVertexAi ? known : (successorOf(known, now) ?? known)
  const family = familyOf(answering)
  const isShutDown = SHUTDOWNS.some(([pattern, from]) => pattern.test(answering) && now >= from)
  if (!family || isShutDown)
    throw new ApiError(
      'NOT_FOUND',
      `models/${name} is not found for API version ${apiVersion}, or is not supported for generateContent. ` +
        'Call ListModels to see the list of available models and their supported methods.',
    )
  return { name: answering, family }
}

function successorOf(name: string, now: Date): string | undefined {
  const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined
  return route && now >= route.from ? route.successor : undefined
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
  'gemini-4-argon',
  'gemini-4-carbon',
  'gemini-4-hydrogen',
  'gemini-4-neon',
  'gemini-flash-latest',
  'gemini-flash-lite-latest',
  'gemini-robotics-er-2-preview',
]

/** The models that are available on a date. */
export function listModels(now: Date): object[] {
  return LISTED.filter((name) => !successorOf(name, now)).map(describeModel)
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
    thinking: familyOf(ALIASES[name] ?? name)?.thinking.control !== 'none',
  }
}

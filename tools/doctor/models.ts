import { z } from 'zod'
import type { Config } from '../../functions/src/config/config.ts'
import { asVisionError, type VisionError } from '../../functions/src/errors.ts'
import { type GenaiClientOptions, loadClient } from '../../functions/src/model/gemini/genai-client.ts'
import { asServiceError } from '../../functions/src/model/gemini/service-error.ts'
import { CannotLook, type Check, type Finding } from './finding.ts'

/** Read 2026-11-22 in https://ai.google.dev/gemini-api/docs/deprecations. */
const ENDS: [RegExp, { on: string; instead: string }][] = [
  [/^gemini-2\.5-flash(?!-lite)/, { on: '2026-12-01', instead: 'gemini-3.5-flash-lite' }],
  [/^gemini-2\.5-pro/, { on: '2026-12-01', instead: 'gemini-3.8-flash' }],
]

/** Failures of the service that somebody has to mend; others may be over the next time. */
const TO_MEND: Partial<Record<VisionError['code'], { right: string; command: string }>> = {
  'model-not-found': {
    right: 'the name of a model that the service has',
    command: '$EDITOR functions/.env*   # then: firebase deploy --only functions',
  },
  'model-misconfigured': {
    right: 'a key, or a service account, that may use the model service',
    command:
      'firebase functions:secrets:set GEMINI_API_KEY   # with vertex-ai: gcloud services enable aiplatform.googleapis.com',
  },
  'model-day-limit': {
    right: 'quota for today',
    command: 'open https://ai.google.dev/gemini-api/docs/rate-limits   # what each tier may use',
  },
  'model-budget-spent': {
    right: 'a billing account that pays',
    command: 'open https://console.cloud.google.com/billing   # prepaid credit, or the budget',
  },
}

/** How google-auth-library 10.9 says that it has no credentials that work. The SDK passes it on as a plain error. */
const NO_CREDENTIALS = /default credentials|invalid_grant|credentials? file|keyfile|could not refresh/i

/** The models by name, with the parameters that name them. */
export function configuredModels(config: Config): Map<string, string[]> {
  const models = new Map<string, string[]>()
  for (const [key, value] of Object.entries(config)) {
    if (!key.endsWith('Model') || typeof value !== 'string' || value === '') continue
    const parameter = key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
    models.set(value, [...(models.get(value) ?? []), parameter])
  }
  return models
}

/** A check for each model: that the service has it, and that it stays. */
export function modelChecks(config: Config, client: GenaiClientOptions, today: Date): Check[] {
  return [...configuredModels(config)].map(([model, parameters]) => ({
    name: `model ${model}`,
    look: async () => [await lookAt(model, parameters, client, today)],
  }))
}

async function lookAt(
  model: string,
  parameters: string[],
  client: GenaiClientOptions,
  today: Date,
): Promise<Omit<Finding, 'check'>> {
  const users = parameters.join(', ')
  try {
    const genai = await loadClient(client)
    const found = z.looseObject({ name: z.string() }).safeParse(await genai.models.get({ model }))
    if (!found.success) throw new CannotLook('the model service answered in no form that we know')
  } catch (error) {
    return serviceFinding(error, users)
  }
  const end = ENDS.find(([pattern]) => pattern.test(model.slice(model.lastIndexOf('/') + 1)))?.[1]
  if (!end) return { state: 'ok', found: `the service has it, for ${users}` }
  const is = today.toISOString().slice(0, 10) >= end.on ? 'was' : 'will be'
  return {
    state: 'mend',
    found: `${users}: it ${is} shut down on ${end.on} in the Gemini API, and ${end.instead} answers in its place, without an error`,
    right: 'a model that stays, such as gemini-3.8-flash',
    command: '$EDITOR functions/.env*   # then: firebase deploy --only functions',
  }
}

/** What a failure of the model service is to the doctor. @throws CannotLook for one that may be over the next time; a bug as it is */
export function serviceFinding(error: unknown, about: string): Omit<Finding, 'check'> {
  const failure = asVisionError(error) ?? asServiceError(error)
  if (!failure) {
    if (!(error instanceof Error && NO_CREDENTIALS.test(error.message))) throw error
    throw new CannotLook('there are no application default credentials, or they do not work any more', {
      command: 'gcloud auth application-default login',
      cause: error,
    })
  }
  const mend = TO_MEND[failure.code]
  const found = `${about}: ${failure.code}, ${failure.publicMessage}`
  if (!mend) throw new CannotLook(found, { cause: error })
  return { state: 'mend', found, ...mend }
}

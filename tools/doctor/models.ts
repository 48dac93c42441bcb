import { z } from 'zod'
import type { Config } from '../../functions/src/config/config.ts'
import { routeOf } from '../../functions/src/config/model-routes.ts'
import { asVisionError, type VisionError } from '../../functions/src/errors.ts'
import { type GenaiClientOptions, loadClient } from '../../functions/src/model/gemini/genai-client.ts'
import { asServiceError } from '../../functions/src/model/gemini/service-error.ts'
import { CannotCheck, type Check, type Finding } from './finding.ts'

/** Failures that an operator must fix. Other failures may be transient. */
const FIXES: Partial<Record<VisionError['code'], { expected: string; command: string }>> = {
  'model-not-found': {
    expected: 'the name of an available model',
    command: '$EDITOR functions/.env*   # then: firebase deploy --only functions',
  },
  'model-misconfigured': {
    expected: 'an API key or a service account with access to the model service',
    command:
      'firebase functions:secrets:set GEMINI_API_KEY   # with vertex-ai: gcloud services enable aiplatform.googleapis.com',
  },
  'model-day-limit': {
    expected: 'remaining quota for today',
    command: 'open https://ai.google.dev/gemini-api/docs/rate-limits   # the quota of each tier',
  },
  'model-budget-spent': {
    expected: 'an active billing account with credit and budget',
    command: 'open https://console.cloud.google.com/billing   # check the prepaid credit and the budget',
  },
}

/**
 * Messages of google-auth-library 10.9 for missing or invalid credentials. The SDK throws them as plain
 * errors.
 */
const NO_CREDENTIALS = /default credentials|invalid_grant|credentials? file|keyfile|could not refresh/i

/** The configured models by name, with their parameters. */
export function configuredModels(config: Config): Map<string, string[]> {
  const models = new Map<string, string[]>()
  for (const [key, value] of Object.entries(config)) {
    if (!key.endsWith('Model') || typeof value !== 'string' || value === '') continue
    const parameter = key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
    models.set(value, [...(models.get(value) ?? []), parameter])
  }
  return models
}

/** A check for each model: the service offers it, and answers with it. */
export function modelChecks(config: Config, client: GenaiClientOptions, today: Date): Check[] {
  return [...configuredModels(config)].map(([model, parameters]) => ({
    name: `model ${model}`,
    run: async () => [await checkModel(model, parameters, client, today)],
  }))
}

async function checkModel(
  model: string,
  parameters: string[],
  client: GenaiClientOptions,
  today: Date,
): Promise<Omit<Finding, 'check'>> {
  const users = parameters.join(', ')
  try {
    const genai = await loadClient(client)
    const found = z.looseObject({ name: z.string() }).safeParse(await genai.models.get({ model }))
    if (!found.success) throw new CannotCheck('the model service returned an unexpected format')
  } catch (error) {
    return serviceFinding(error, users)
  }
  const route = client.provider.name === 'gemini-api' && routeOf(model)
  if (!route) return { state: 'ok', found: `available, used by ${users}` }
  const { from, successor } = route
  const day = from.toISOString().slice(0, 10)
  const when =
    today >= from ? `since ${day} the Gemini API answers` : `from ${day} on the Gemini API will answer`
  return {
    state: 'problem',
    found: `used by ${users}; ${when} with ${successor}, and the functions request ${successor} instead`,
    expected: `a model that answers by itself, such as ${successor} or gemini-3.8-flash`,
    command: '$EDITOR functions/.env*   # then: firebase deploy --only functions',
  }
}

/** The finding for a failure of the model service. @throws CannotCheck for failures that may be transient */
export function serviceFinding(error: unknown, about: string): Omit<Finding, 'check'> {
  const failure = asVisionError(error) ?? asServiceError(error)
  if (!failure) {
    if (!(error instanceof Error && NO_CREDENTIALS.test(error.message))) throw error
    throw new CannotCheck('application default credentials are missing or no longer valid', {
      command: 'gcloud auth application-default login',
      cause: error,
    })
  }
  const fix = FIXES[failure.code]
  const found = `${about}: ${failure.code}, ${failure.publicMessage}`
  if (!fix) throw new CannotCheck(found, { cause: error })
  return { state: 'problem', found, ...fix }
}

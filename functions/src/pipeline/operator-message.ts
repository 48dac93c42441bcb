import { cleanText } from '../answers/clean-text.ts'
import type { VisionError } from '../errors.ts'
import { ModelFailure } from '../ports/vision-model.ts'

/** Characters of the text that is searched, and of the result. */
const MAX_SEARCHED = 5000
const MAX_LENGTH = 500
/** Shorter values would remove ordinary words. */
const MIN_SECRET_LENGTH = 8
const REMOVED = '[removed]'

/**
 * Credentials by their form: `key=...` and `api_key:...`, API keys, OAuth tokens. Keys begin with AIza, newer
 * ones with AQ. according to https://discuss.ai.google.dev/t/gemini-api-key-start-from-aq/171575, 2026-11.
 */
const CREDENTIALS: [form: RegExp, replacement: string][] = [
  [/\bBearer\s+[\w.~+/=-]+/gi, `Bearer ${REMOVED}`],
  [/((?:key|token|secret|password)["']?\s*[=:]\s*["']?)(?!\[)[^\s"'&,;)}\]]+/gi, `$1${REMOVED}`],
  [/\bAIza[\w-]+|\bAQ\.[\w-]{10,}|\bya29\.[\w.-]+/g, REMOVED],
]

/**
 * Why the model service or a run failed, for the operator's log only. Contains no names of photos, no text of
 * a model or a user, and no credentials.
 * @param secrets the configured credentials
 */
export function operatorMessage(failure: VisionError, secrets: readonly (string | undefined)[]): string {
  const serviceMessage = failure instanceof ModelFailure ? failure.serviceMessage : undefined
  let text = cleanText([failure.message, serviceMessage].filter(Boolean).join(': '), MAX_SEARCHED)
  for (const secret of secrets)
    if (secret && secret.length >= MIN_SECRET_LENGTH) text = text.replaceAll(secret, REMOVED)
  for (const [form, replacement] of CREDENTIALS) text = text.replace(form, replacement)
  return cleanText(text, MAX_LENGTH)
}

import { singleLine } from '../answers/clean-text.ts'
import type { VisionError } from '../errors.ts'
import { ModelFailure } from '../ports/vision-model.ts'

/** Characters of the text that is searched, and of the result. */
const MAX_SEARCHED = 5000
const MAX_LENGTH = 500
/** Shorter values would remove ordinary words. */
const MIN_SECRET_LENGTH = 8
const REMOVED = '[removed]'

/** The extensions of photos, in paths that may have spaces. */
const PHOTO = String.raw`\.(?:jpe?g|png|webp|gif|hei[cf]|avif|tiff?|bmp)\b`

/** Names of photos and parts of URLs by their form: paths may have the ids of users. */
const NAMES: [form: RegExp, replacement: string][] = [
  [/(https?:\/\/)[^\s/@"']*@/gi, `$1${REMOVED}@`],
  [/(https?:\/\/[^\s?#"']*[?#])[^\s"']+/gi, `$1${REMOVED}`],
  [new RegExp(String.raw`(?:gs:\/\/|\busers(?:\/|%2F)).*?${PHOTO}`, 'gi'), REMOVED],
  [/(?:gs:\/\/|\busers(?:\/|%2F))[^\s"'`]*/gi, REMOVED],
  [new RegExp(String.raw`[^\s"'\`]+${PHOTO}`, 'gi'), REMOVED],
]

/**
 * Credentials by their form: `key=...` and `api_key:...`, API keys, OAuth tokens. Keys begin with AIza, newer
 * ones with AQ. according to https://discuss.ai.google.dev/t/gemini-api-key-start-from-aq/171575, 2026-11.
 */
const CREDENTIALS: [form: RegExp, replacement: string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${REMOVED}`],
  [
    /((?:key|token|secret|password)(?:["']?\s*(?:[=:]|%3D|%3A)\s*|["']\s+(?=["']))["'([{<]*)(?!\[?removed\])[^\s"'&,;)}\]>]+/gi,
    `$1${REMOVED}`,
  ],
  [/AIza[\w-]+|AQ\.[\w-]{10,}|ya29\.[\w.-]+|\bsk-[\w-]{8,}/g, REMOVED],
]

/**
 * Why the model service or a run failed, for the operator's log only. Credentials, paths of photos, addresses
 * of objects and queries of URLs are removed by their form. The service may quote other text of a request.
 * @param secrets the configured credentials
 */
export function operatorMessage(failure: VisionError, secrets: readonly (string | undefined)[]): string {
  const serviceMessage = failure instanceof ModelFailure ? failure.serviceMessage : undefined
  let text = singleLine([failure.message, serviceMessage].filter(Boolean).join(': '), MAX_SEARCHED)
  for (const configured of secrets) {
    const secret = configured?.trim() ?? ''
    if (secret.length < MIN_SECRET_LENGTH) continue
    text = text.replaceAll(secret, REMOVED).replaceAll(encodeURIComponent(secret), REMOVED)
  }
  for (const [form, replacement] of [...NAMES, ...CREDENTIALS]) text = text.replace(form, replacement)
  return singleLine(text, MAX_LENGTH)
}

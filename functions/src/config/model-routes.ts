export type ModelRoute = {
  successor: string
  /** From then on the successor answers, and is billed. */
  from: Date
}

/**
 * Retired models of the Gemini API, whose requests another model answers without an error. Vertex AI has its
 * own dates and answers with 404. https://ai.google.dev/gemini-api/docs/changelog, entry of 8 October 2026,
 * read 2026-11-30. December: https://ai.google.dev/gemini-api/docs/deprecations, as quoted on 2026-11-10 by
 * https://dev.to/aideprecations (shutdown, successor, and the price of the successor).
 */
const ROUTES: Record<string, ModelRoute> = {
  'gemini-3.7-flash': { successor: 'gemini-3.8-flash', from: new Date('2026-10-08T00:00:00Z') },
  'gemini-3.5-flash': { successor: 'gemini-3.6-flash', from: new Date('2026-10-08T00:00:00Z') },
  'gemini-2.5-flash': { successor: 'gemini-3.5-flash-lite', from: new Date('2026-12-01T00:00:00Z') },
  'gemini-2.5-pro': { successor: 'gemini-3.8-flash', from: new Date('2026-12-01T00:00:00Z') },
}

/** @param model as in the parameter: `gemini-3.7-flash` or `models/gemini-3.7-flash` */
export function routeOf(model: string): ModelRoute | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined
}

/**
 * The model that answers requests for `model`. To request it by its own name is the same request with the
 * settings, masks, tokens and price of the model that answers. The old settings may be a 400: 3.8 Flash
 * rejects a thinkingBudget of 0.
 */
export function currentModel(model: string, now: Date): string {
  const route = routeOf(model)
  return route && now >= route.from ? route.successor : model
}

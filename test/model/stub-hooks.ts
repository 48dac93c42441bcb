import { registerHooks } from 'node:module'

/** Modules of `functions/src` that stub-stages.ts replaces, by URL, and whether they were loaded. */
const STUBBED = new Map(
  [
    'image/loading.ts',
    'image/prepare.ts',
    'image/source-image.ts',
    'image/thumbnail.ts',
    'masks/draw.ts',
    'masks/yield-timer.ts',
    'model/response-schema.ts',
    'pipeline/annotate-objects.ts',
  ].map((path) => [new URL(`../../functions/src/${path}`, import.meta.url).href, false]),
)
const STUB = new URL('stub-stages.ts', import.meta.url).href

/** Replaces modules that are loaded from now on. */
export function stubStages(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      if (!STUBBED.has(resolved.url)) return resolved
      STUBBED.set(resolved.url, true)
      return { ...resolved, url: STUB }
    },
  })
}

/** @throws Error when a module of the list is not loaded, so that a renamed file is noticed */
export function checkStubs(): void {
  const unused = [...STUBBED].filter(([, isUsed]) => !isUsed).map(([url]) => url)
  if (unused.length > 0) throw new Error(`The pipeline does not load ${unused.join(', ')}`)
}

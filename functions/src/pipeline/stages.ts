type Stages = typeof import('./run-stages.ts')

let loading: Promise<Stages> | undefined

/** Loads the stages once. After a failure, the next photo tries again. */
export async function loadStages(): Promise<Stages> {
  loading ??= import('./run-stages.ts').catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

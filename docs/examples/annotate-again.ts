import type { Firesight } from '@firesight/client'

/** Annotates a photo again: only the failed steps, or all steps. */
export async function annotateAgain(firesight: Firesight, path: string, force = false): Promise<string> {
  const { status, error, ran } = await firesight.annotateImage({ path, force })
  if (error) return `${status}: ${error.message}`
  return ran ? status : 'there was nothing to do'
}

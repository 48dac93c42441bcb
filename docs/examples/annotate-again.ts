import type { Firesight } from '@firesight/client'

/** Runs a photo again: only what has failed, or all of it. */
export async function annotateAgain(firesight: Firesight, path: string, force = false): Promise<string> {
  const { status, error, ran } = await firesight.annotateImage({ path, force })
  if (error) return `${status}: ${error.message}`
  return ran ? status : 'there was nothing to do'
}

import type { Firesight, Upload } from '@firesight/client'
import type { Visitor } from './connect.ts'
import type { Results } from './results.ts'

type Cleaner = {
  firesight: Pick<Firesight, 'deleteMyData' | 'remove'>
  user: Pick<Visitor['user'], 'isAnonymous' | 'uid' | 'delete'>
}

/**
 * Deletes an anonymous user with all its data. Of an account, only the uploads of this run: deleteMyData would
 * delete its earlier photos too.
 */
export async function cleanUp(
  results: Results,
  { firesight, user }: Cleaner,
  uploads: Pick<Upload, 'path' | 'done'>[],
): Promise<void> {
  if (!user.isAnonymous) {
    results.skip('deleteMyData', 'would delete all data of the account; anonymous users call it')
    await results.run('delete the photos', () => removeAll(firesight, uploads))
    return
  }
  const isErased = await results.run('deleteMyData', async () => {
    const { state, deleted } = await firesight.deleteMyData({ confirm: 'delete my data' })
    return {
      value: true,
      found: `${state}: ${deleted.photos} photos, ${deleted.files} result files deleted`,
    }
  })
  if (!isErased)
    return results.skip('delete the user', `kept ${user.uid}: call deleteUserData for it as an operator`)
  await results.run('delete the user', async () => {
    await user.delete()
    return { value: undefined, found: `${user.uid} deleted` }
  })
}

/** @throws Error with the paths of the photos that are left */
async function removeAll(
  firesight: Cleaner['firesight'],
  uploads: Pick<Upload, 'path' | 'done'>[],
): Promise<{ found: string; value: undefined }> {
  const removed = await Promise.allSettled(
    uploads.map(async ({ path, done }) => {
      // An upload that is still running could finish after the deletion.
      await done.catch(() => undefined)
      await firesight.remove(path)
    }),
  )
  const left = uploads.filter((_, index) => removed[index]?.status === 'rejected').map(({ path }) => path)
  const [failure] = removed.filter((outcome) => outcome.status === 'rejected')
  if (failure)
    throw new Error(`cannot delete ${left.join(', ')}: ${(failure.reason as Error).message}`, {
      cause: failure.reason,
    })
  return { value: undefined, found: `${uploads.length} deleted; the functions delete their results` }
}

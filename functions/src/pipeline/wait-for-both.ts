/**
 * Waits for both, also after a failure: a file that is written after the run has ended could belong to a
 * deleted photo. The failure of the main work is thrown first.
 */
export async function waitForBoth<T>(main: Promise<T>, background: Promise<void> | undefined): Promise<T> {
  const [done, backgroundDone] = await Promise.allSettled([main, background])
  if (done.status === 'rejected') throw done.reason
  if (backgroundDone.status === 'rejected') throw backgroundDone.reason
  return done.value
}

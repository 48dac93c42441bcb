import { FiresightError, misconfigured, refusal } from './error.ts'
import { toFiresightError } from './firebase-error.ts'

/**
 * Whatever fails, fails with a FiresightError. Firebase's failures have codes and a file that does not load is told by `loaded()`, so a
 * TypeError that comes this far is of the arguments: nothing to try again.
 */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof TypeError
      ? refusal('invalid-request', `The arguments are not what the types say: ${error.message}`, error)
      : toFiresightError(error)
  }
}

/** Opens a part of the Firebase SDK. That asks nobody, so it fails for what the app is made of or was set up with. */
export function opened<T>(part: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof FiresightError) throw error
    const { message } = error as Error
    // What the SDK's components say of an app that another copy of it has made, 12.19.
    const hint = /is not available|not been registered/.test(message)
      ? '. The app and the client need the same copy of the package "firebase"'
      : ''
    throw misconfigured(`Cannot open ${part}: ${message}${hint}`, error)
  }
}

import { FiresightError, misconfigured, permanentError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'

/**
 * Converts every error to a FiresightError. A TypeError means an invalid argument here: Firebase errors have
 * codes, and `importModule()` has converted the TypeError of a failed import.
 */
export async function wrapErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof TypeError
      ? permanentError('invalid-request', `The arguments do not match their types: ${error.message}`, error)
      : toFiresightError(error)
  }
}

/**
 * Initializes a service of the Firebase SDK. That sends no request, so a failure means an incorrect setup.
 */
export function openService<T>(name: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof FiresightError) throw error
    const { message } = error as Error
    // The SDK's messages (12.19) for an app that was created by another copy of the SDK.
    const hint = /is not available|not been registered/.test(message)
      ? '. The app and the client must use the same copy of the "firebase" package'
      : ''
    throw misconfigured(`Cannot initialize ${name}: ${message}${hint}`, error)
  }
}

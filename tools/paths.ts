import { join } from 'node:path'

/** The root folder of the repository. */
export const root = join(import.meta.dirname, '..')

/** Generated files that can be deleted: run folders, compiled jars, logs. Not in git. */
export const cache = join(root, '.cache')

/** Firebase tools never access a real project for an id that starts with `demo-`. */
export const projectId = 'demo-firesight'

/** The default bucket of the project in the emulators. */
export const storageBucket = `${projectId}.appspot.com`

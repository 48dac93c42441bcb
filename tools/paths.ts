import { join } from 'node:path'

/** The repository's top folder. */
export const root = join(import.meta.dirname, '..')

/** What the tools make and may lose: run folders, compiled stand-ins, logs. Not in git. */
export const cache = join(root, '.cache')

/** A Firebase project id that begins with `demo-` never reaches a real project. */
export const projectId = 'demo-firesight'

/** The bucket that firebase-tools gives a demo project. */
export const storageBucket = `${projectId}.appspot.com`

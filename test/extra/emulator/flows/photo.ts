import { readFileSync } from 'node:fs'

/** The base64 text of the photo of the flows. */
export const photo = readFileSync(process.env.PHOTO!, 'base64')

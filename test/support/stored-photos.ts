import { randomBytes } from 'node:crypto'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { SCHEMA_VERSION } from '../../functions/src/document/annotation.ts'
import { BUCKET } from './app.ts'

export type GivenPhoto = { imageId: string; annotation: Annotation }

/** A photo as the functions would have stored it, without files. */
export function storedPhoto(uid: string, changes: Partial<Annotation> = {}): GivenPhoto {
  const imageId = randomBytes(32).toString('base64url')
  const now = new Date()
  return {
    imageId,
    annotation: {
      schemaVersion: SCHEMA_VERSION,
      owner: uid,
      bucket: BUCKET,
      name: `users/${uid}/uploads/${imageId}.jpg`,
      generation: '1',
      contentType: 'image/jpeg',
      sizeBytes: 1000,
      status: 'succeeded',
      steps: {
        describe: { state: 'succeeded' },
        locate: { state: 'succeeded' },
        draw: { state: 'succeeded' },
      },
      lease: null,
      attempts: 1,
      crashes: 0,
      createdAt: now,
      updatedAt: now,
      completedAt: now,
      ...changes,
    },
  }
}

import type { DocumentSnapshot } from 'firebase-admin/firestore'
import type { Change, FirestoreEvent } from 'firebase-functions/firestore'
import * as logger from 'firebase-functions/logger'
import { geminiApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { copyAnnotation } from '../maintenance/copy-annotation.ts'
import { getServices } from '../services.ts'

type Written = FirestoreEvent<Change<DocumentSnapshot> | undefined, { imageId: string }>

export async function handleAnnotationWritten({ data, params: { imageId } }: Written): Promise<void> {
  // Tombstones have no name.
  const photo = photoOf(data?.after) ?? photoOf(data?.before)
  if (!photo) return
  const config = readConfig()
  const result = await copyAnnotation(imageId, photo, await getServices(config, geminiApiKey), config)
  if (result) logger.info('annotation copied', { imageId, result })
}

function photoOf(snapshot: DocumentSnapshot | undefined): { bucket: string; name: string } | undefined {
  const { bucket, name } = (snapshot?.data() ?? {}) as { bucket?: string; name?: string }
  return bucket === undefined || name === undefined ? undefined : { bucket, name }
}

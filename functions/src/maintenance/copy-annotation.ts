import type { Config } from '../config/config.ts'
import { extensionDocument, fileOf } from '../document/extension-document.ts'
import type { Services } from '../ports/services.ts'
import { ownPhotos } from './own-photos.ts'

/**
 * Writes an annotation in the shape of a replaced extension, or deletes this document with the photo. The
 * current annotation decides, because events of its changes may be repeated and reordered.
 * @returns undefined if there is nothing to do
 */
export async function copyAnnotation(
  imageId: string,
  photo: { bucket: string; name: string },
  services: Services,
  config: Config,
): Promise<'written' | 'deleted' | undefined> {
  const { extensionDocuments } = services
  if (!extensionDocuments || !ownPhotos(services, config)(photo)) return undefined
  const annotation = await extensionDocuments.annotation(imageId)
  if (!annotation || annotation.status === 'deleted') {
    await extensionDocuments.remove(fileOf(photo))
    return 'deleted'
  }
  const document = extensionDocument(annotation, config)
  if (!document) return undefined
  await extensionDocuments.write(imageId, document)
  return 'written'
}

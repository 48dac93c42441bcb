import type { AnnotationDocument } from '../document/annotation.ts'
import type { ExtensionDocument } from '../document/extension-document.ts'

/** Documents in the shape of the replaced extensions: one for each file, also those that the extensions wrote. */
export interface ExtensionDocuments {
  /** The current annotation of a photo. */
  annotation(imageId: string): Promise<AnnotationDocument | undefined>
  /** @param imageId the id of a new document: a repeated write finds the same one */
  write(imageId: string, document: ExtensionDocument): Promise<void>
  /** @param file `gs://bucket/name` */
  remove(file: string): Promise<void>
}

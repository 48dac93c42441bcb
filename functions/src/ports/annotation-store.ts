import type { Annotation, DeletedPhoto, Lease, Photo, StoredError } from '../document/annotation.ts'
import type { Granted, Refused, Rerun } from '../document/claim.ts'

/**
 * The result of a claim, with the claimed annotation if it was granted, else with the error of the photo.
 * `isFirst`: there was no document, so no earlier generation was annotated.
 */
export type Claim =
  | { decision: Granted; annotation: Annotation; isFirst: boolean }
  | { decision: Refused; error?: StoredError | undefined }

/** `undefined` removes a field. */
export type AnnotationChanges = { [Field in keyof Annotation]?: Annotation[Field] | undefined }

/**
 * `taken-over`: another worker holds this generation. `gone`: the annotation is about another generation, or
 * deleted.
 */
export type UpdateOutcome = 'written' | 'taken-over' | 'gone'

/** Annotations by image id. Each method is one transaction. */
export interface AnnotationStore {
  /** Claims the photo for the holder of `lease`, as `decideClaim` decides. */
  claim(photo: Photo, lease: Lease, now: Date, again?: Rerun): Promise<Claim>
  /** Changes the annotation if `token` still holds its lease for this generation. */
  update(photo: Photo, token: string, changes: AnnotationChanges, now: Date): Promise<UpdateOutcome>
  /**
   * Writes a tombstone for this generation, unless the annotation is about a newer one. An erasure passes a
   * photo without its owner; that tombstone then stays as it is.
   */
  remove(photo: DeletedPhoto, now: Date): Promise<void>
}

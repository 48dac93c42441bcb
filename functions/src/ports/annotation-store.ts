import type { Annotation, Lease, Photo } from '../document/annotation.ts'
import type { ClaimDecision, Granted, RerunPolicy } from '../document/claim.ts'

/** What came of a claim; with the annotation as it is now, if the photo is ours to annotate. */
export type Claim =
  | { decision: Granted; annotation: Annotation }
  | { decision: Exclude<ClaimDecision, Granted> }

/** `undefined` removes a field. */
export type AnnotationChanges = { [Field in keyof Annotation]?: Annotation[Field] | undefined }

/** `taken-over`: another worker holds this generation. `gone`: the annotation is about another generation, or deleted. */
export type UpdateOutcome = 'written' | 'taken-over' | 'gone'

/** Annotations by image id. Each method is atomic: of two that come at once, one sees what the other did. */
export interface AnnotationStore {
  /** Takes the photo for the holder of `lease`, unless `decideClaim` says otherwise. */
  claim(photo: Photo, lease: Lease, now: Date, again?: RerunPolicy): Promise<Claim>
  /** Changes the annotation if `token` still holds its lease for this generation. */
  update(photo: Photo, token: string, changes: AnnotationChanges, now: Date): Promise<UpdateOutcome>
  /** Leaves a tombstone for this generation, unless the annotation is about a newer one. */
  remove(photo: Photo, now: Date): Promise<void>
}

import type { Annotation, Lease, Photo } from '../annotations/annotation.ts'
import type { ClaimDecision } from '../annotations/claim.ts'

export type Claim =
  | {
      decision: Extract<ClaimDecision, 'start' | 'resume'>
      annotation: Annotation
      /** The generation whose results this one replaces. */
      replaces: string | undefined
    }
  | { decision: Exclude<ClaimDecision, 'start' | 'resume'> }

/** `undefined` removes a field. */
export type AnnotationChanges = { [Field in keyof Annotation]?: Annotation[Field] | undefined }

/** Annotations by image id. Each method is atomic: of two that come at once, one sees what the other did. */
export interface AnnotationStore {
  /** Takes the photo for the holder of `lease`, unless `decideClaim` says otherwise. */
  claim(photo: Photo, lease: Lease, now: Date): Promise<Claim>
  /** Changes the annotation if `token` still holds its lease for this generation; false when the claim is lost. */
  update(photo: Photo, token: string, changes: AnnotationChanges, now: Date): Promise<boolean>
  /** Leaves a tombstone for this generation; false when the annotation is about a newer one. */
  remove(photo: Photo, now: Date): Promise<boolean>
}

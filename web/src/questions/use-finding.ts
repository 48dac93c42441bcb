import type { DetectObjectsInput, DetectObjectsResult } from '@firesight/client'
import type { Connection } from '../firebase.ts'
import { type Call, type Reply, useCall } from '../parts/use-call.ts'

type Request = DetectObjectsInput & { targets: string }
export type Finding = Call<Request, DetectObjectsResult>

/** A search in a photo. The last result is kept for the photo. `generation` is undefined until it is known. */
export function useFinding(
  { firesight, kept }: Connection,
  imageId: string,
  generation: string | undefined,
): Finding {
  const slot =
    generation === undefined
      ? undefined
      : kept.slot<Reply<Request, DetectObjectsResult>>('find', [{ imageId, generation }])
  return useCall(async (request, options) => firesight.detectObjects(request, options), slot)
}

import { type DetectObjectsResult, detectObjectsRequest } from '../api/detect-objects.ts'
import type { Config } from '../config/config.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { withoutMaskReasons } from '../document/drop-reasons.ts'
import { annotateObjects } from '../pipeline/annotate-objects.ts'
import { readLocations } from '../tasks/locate/join-locations.ts'
import type { Located } from '../tasks/locate/read-location.ts'
import { locateBoxesRequest, locateRequest } from '../tasks/locate/request.ts'
import { askAboutImages } from './ask-about-images.ts'
import { callableHandler } from './callable-frame.ts'
import { deliverInline, storeDetection } from './detection-output.ts'

/** If MASK_POINTS is 0, which applies to uploads only. */
const DEFAULT_MASK_POINTS = 24

/** Objects kept of a call with targets, if MAX_OBJECTS is lower. */
const TARGETED_OBJECTS = 100

const EXPECTED_OUTPUT_TOKENS = { boxes: 1000, masks: 4000 }

/**
 * Detects the requested objects in an image, and segments them on request. Boxes are in pixels of the upright
 * image.
 * @throws VisionError also `object-gone` if the photo was deleted before its results were stored
 */
export const handleDetectObjects = callableHandler(
  { name: 'detectObjects', request: detectObjectsRequest, timeoutMs: CALL_WORK_MS, expensive: true },
  async (
    { image: reference, targets: target, masks = false, overlay = false, output },
    context,
  ): Promise<DetectObjectsResult> => {
    const { maskPoints } = context.config
    const targets = [target ?? []].flat()
    const maxObjects = mostObjects(targets, context.config)
    const { value, answers, images, account } = await askAboutImages(context, {
      images: [reference],
      task: 'locate',
      texts: targets,
      expectedOutputTokens: masks ? EXPECTED_OUTPUT_TOKENS.masks : EXPECTED_OUTPUT_TOKENS.boxes,
      question: ([loaded], model) => {
        const { prepared } = loaded!
        const points = masks ? maskPoints || DEFAULT_MASK_POINTS : 0
        return {
          request: locateRequest(prepared, model, { targets, maxObjects, maskPoints: points }),
          again: locateBoxesRequest(prepared, model, { targets, maxObjects }),
          read: (answered) => readLocations(answered, maxObjects),
          isPartial: ({ state }) => state === 'salvaged',
        }
      },
    })
    const { photo, width, height } = images[0]!
    const image = { width, height }
    const found = await annotateObjects(masks ? value : withoutMasks(value), image)
    const delivered =
      output === 'stored' && photo
        ? await storeDetection(found, image, { overlay, photo }, context.services)
        : await deliverInline(found, image, { overlay })
    const truncated = value.state === 'salvaged' || answers.some((answer) => answer.truncated)
    return { image, ...delivered, truncated, ...account }
  },
)

/** MAX_OBJECTS limits the cost of uploads. A caller who names targets wants all of them. */
function mostObjects(targets: readonly string[], { maxObjects }: Pick<Config, 'maxObjects'>): number {
  return targets.length > 0 ? Math.max(maxObjects, TARGETED_OBJECTS) : maxObjects
}

/** Without a request for masks, a missing mask is no loss. */
function withoutMasks({ objects, dropped, state }: Located): Located {
  return {
    objects: objects.map(({ label, box2d }) => ({ label, box2d, mask: null })),
    dropped: withoutMaskReasons(dropped),
    state,
  }
}

import { type DetectObjectsResult, detectObjectsRequest } from '../api/detect-objects.ts'
import { askedObjects } from '../config/config.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { withoutMaskReasons } from '../document/drop-reasons.ts'
import { annotateObjects } from '../pipeline/annotate-objects.ts'
import { readLocations } from '../tasks/locate/join-locations.ts'
import type { Located } from '../tasks/locate/read-location.ts'
import { locateBoxesRequest, locateOutputTokens, locateRequest } from '../tasks/locate/request.ts'
import { askAboutImages } from './ask-about-images.ts'
import { callableHandler } from './callable-frame.ts'
import { deliverInline, storeDetection } from './detection-output.ts'

/** If MASK_POINTS is 0, which applies to uploads only. */
const DEFAULT_MASK_POINTS = 24

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
    const { config } = context
    const targets = [target ?? []].flat()
    const asked = {
      targets,
      maxObjects: targets.length > 0 ? config.maxObjects : askedObjects(config),
      maskPoints: masks ? config.maskPoints || DEFAULT_MASK_POINTS : 0,
    }
    const { value, answers, images, account } = await askAboutImages(context, {
      images: [reference],
      task: 'locate',
      texts: targets,
      expectedOutputTokens: masks ? EXPECTED_OUTPUT_TOKENS.masks : EXPECTED_OUTPUT_TOKENS.boxes,
      outputTokens: ({ model }) => locateOutputTokens(model, asked),
      question: ([loaded], model) => {
        const { prepared } = loaded!
        return {
          request: locateRequest(prepared, model, asked),
          again: locateBoxesRequest(prepared, model, asked),
          read: (answered) => readLocations(answered, config.maxObjects),
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

/** Without a request for masks, a missing mask is no loss. */
function withoutMasks({ objects, dropped, state }: Located): Located {
  return {
    objects: objects.map(({ label, box2d }) => ({ label, box2d, mask: null })),
    dropped: withoutMaskReasons(dropped),
    state,
  }
}

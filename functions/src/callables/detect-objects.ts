import type { z } from 'zod'
import type { DetectObjectsResult, detectObjectsRequest } from '../api/detect-objects.ts'
import type { Config } from '../config/config.ts'
import { withoutMaskReasons } from '../document/drop-reasons.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { ask, type Question } from '../model/ask.ts'
import { annotateObjects } from '../pipeline/annotate-objects.ts'
import type { Services } from '../ports/services.ts'
import type { ModelRequest } from '../ports/vision-model.ts'
import { type Meter, spend } from '../quota/spend.ts'
import { readLocations } from '../tasks/locate/join-locations.ts'
import type { Located } from '../tasks/locate/read-location.ts'
import { locateBoxesRequest, locateRequest, type Targets } from '../tasks/locate/request.ts'
import { type Caller, forCaller } from './caller.ts'
import { deliverInline, storeDetection } from './detection-output.ts'
import { estimateCall, estimateRequest } from './estimate.ts'
import { allowImages, loadImages } from './load-images.ts'

const EXPECTED_OUTPUT_TOKENS = { boxes: 1000, masks: 4000 }

/**
 * Detects, and on request segments, what the caller names in an image. Boxes are in pixels of the upright image.
 * @throws VisionError as `allowImages`, `spend`, `loadImages` and the model; `object-gone` if the photo was deleted before its results were stored
 */
export async function detectObjects(
  {
    image: reference,
    targets,
    masks = false,
    overlay = false,
    output,
  }: z.output<typeof detectObjectsRequest>,
  caller: Caller,
  services: Services,
  config: Config,
): Promise<DetectObjectsResult> {
  const allowed = allowImages([reference], caller, services, config)
  const model = config.locateModel
  const named = [targets ?? []].flat()
  const outputTokens = masks ? EXPECTED_OUTPUT_TOKENS.masks : EXPECTED_OUTPUT_TOKENS.boxes
  const estimate = estimateCall({ model, images: 1, texts: named, outputTokens }, config)
  return spend({ uid: caller.uid, kind: 'call' }, estimate, services, config, async (meter) => {
    const images = await loadImages(allowed, caller, services, config)
    const { prepared, photo, width, height } = images[0]!
    const question = questionFor(prepared, named, masks, config, caller, meter)
    const asked = await ask(services.model, question, caller.signal)
    meter.add(asked.usage)
    if ('failure' in asked) throw asked.failure
    const located = masks ? asked.value : withoutMasks(asked.value)
    const image = { width, height }
    const found = await annotateObjects(located, image)
    const delivered =
      output === 'stored' && photo
        ? await storeDetection(found, image, { overlay, photo }, services)
        : await deliverInline(found, image, { overlay })
    return {
      image,
      ...delivered,
      truncated: located.state === 'salvaged' || asked.answers.some(({ truncated }) => truncated),
      model: asked.model,
      usage: asked.usage,
      estimatedPromptTokens: estimateRequest(question.request, images),
    }
  })
}

function questionFor(
  image: PreparedImage,
  targets: Targets,
  masks: boolean,
  { locateModel, maxObjects }: Config,
  caller: Caller,
  meter: Meter,
): Question<Located> & { request: ModelRequest } {
  const boxes = forCaller(locateBoxesRequest(image, locateModel, targets), caller, meter)
  return {
    request: masks ? forCaller(locateRequest(image, locateModel, targets), caller, meter) : boxes,
    again: boxes,
    read: (answers) => readLocations(answers, maxObjects),
    isPartial: ({ state }) => state === 'salvaged',
  }
}

/** Nobody asked for masks, so none is missing. */
function withoutMasks({ objects, dropped, state }: Located): Located {
  return {
    objects: objects.map(({ label, box2d }) => ({ label, box2d, mask: null })),
    dropped: withoutMaskReasons(dropped),
    state,
  }
}

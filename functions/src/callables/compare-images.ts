import type { z } from 'zod'
import type { CompareImagesResult, compareImagesRequest } from '../api/compare-images.ts'
import type { Config } from '../config/config.ts'
import { countLost } from '../document/drop-reasons.ts'
import { ask } from '../model/ask.ts'
import type { Services } from '../ports/services.ts'
import { spend } from '../quota/spend.ts'
import { comparisonRequest, readComparison } from '../tasks/compare-images.ts'
import { type Caller, forCaller } from './caller.ts'
import { estimateCall, estimateRequest } from './estimate.ts'
import { allowImages, loadImages } from './load-images.ts'

const EXPECTED_OUTPUT_TOKENS = 1500

/**
 * Compares several images. Boxes are in pixels of the upright image they belong to.
 * @throws VisionError as `allowImages`, `spend`, `loadImages` and the model
 */
export async function compareImages(
  { images: references, question }: z.output<typeof compareImagesRequest>,
  caller: Caller,
  services: Services,
  config: Config,
): Promise<CompareImagesResult> {
  const allowed = allowImages(references, caller, services, config)
  const model = config.compareModel
  const texts = question === undefined ? [] : [question]
  const estimate = estimateCall(
    { model, images: references.length, texts, outputTokens: EXPECTED_OUTPUT_TOKENS },
    config,
  )
  return spend({ uid: caller.uid, kind: 'call' }, estimate, services, config, async (meter) => {
    const images = await loadImages(allowed, caller, services, config)
    const sizes = images.map(({ width, height }) => ({ width, height }))
    const prepared = images.map((image) => image.prepared)
    const request = forCaller(comparisonRequest(prepared, question, model), caller, meter)
    const asked = await ask(
      services.model,
      { request, read: (answers) => readComparison(answers.at(-1)!, sizes) },
      caller.signal,
    )
    meter.add(asked.usage)
    if ('failure' in asked) throw asked.failure
    const { dropped: reasons, ...comparison } = asked.value
    return {
      ...comparison,
      images: sizes,
      dropped: {
        regions: countLost(reasons, 'region'),
        differences: countLost(reasons, 'difference'),
        reasons,
      },
      model: asked.model,
      usage: asked.usage,
      estimatedPromptTokens: estimateRequest(request, images),
    }
  })
}

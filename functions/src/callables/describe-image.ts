import type { z } from 'zod'
import type { DescribeImageResult, describeImageRequest } from '../api/describe-image.ts'
import type { Config } from '../config/config.ts'
import { ask } from '../model/ask.ts'
import type { Services } from '../ports/services.ts'
import { spend } from '../quota/spend.ts'
import { type DescribeOptions, describeRequest, readDescription } from '../tasks/describe.ts'
import { type Caller, forCaller } from './caller.ts'
import { estimateCall, estimateRequest } from './estimate.ts'
import { allowImages, loadImages } from './load-images.ts'

const EXPECTED_OUTPUT_TOKENS = 500

/**
 * Describes an image, in the language and style asked for; with `labelSet` it classifies.
 * @throws VisionError as `allowImages`, `spend`, `loadImages` and the model
 */
export async function describeImage(
  { image: reference, ...wishes }: z.output<typeof describeImageRequest>,
  caller: Caller,
  services: Services,
  config: Config,
): Promise<DescribeImageResult> {
  const allowed = allowImages([reference], caller, services, config)
  const options = { ...wishes, withoutText: true }
  const model = config.describeModel
  const texts = [options.style ?? '', ...(options.labelSet ?? [])]
  const estimate = estimateCall({ model, images: 1, texts, outputTokens: EXPECTED_OUTPUT_TOKENS }, config)
  return spend({ uid: caller.uid, kind: 'call' }, estimate, services, config, async (meter) => {
    const images = await loadImages(allowed, caller, services, config)
    const request = forCaller(describeRequest(images[0]!.prepared, model, options), caller, meter)
    const asked = await ask(
      services.model,
      { request, read: (answers) => readAnswer(answers.at(-1)!, options) },
      caller.signal,
    )
    meter.add(asked.usage)
    if ('failure' in asked) throw asked.failure
    return {
      ...asked.value,
      model: asked.model,
      usage: asked.usage,
      estimatedPromptTokens: estimateRequest(request, images),
    }
  })
}

function readAnswer(answer: Parameters<typeof readDescription>[0], options: DescribeOptions) {
  const { description, state, droppedLabels } = readDescription(answer, options)
  const { caption, altText, labels } = description
  const truncated = answer.truncated || state === 'salvaged'
  return { caption, altText, labels, dropped: { labels: droppedLabels }, truncated }
}

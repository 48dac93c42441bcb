import type { z } from 'zod'
import { type CompareImagesResult, compareImagesRequest } from '../api/compare-images.ts'
import type { Config } from '../config/config.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { countLost } from '../document/drop-reasons.ts'
import type { Services } from '../ports/services.ts'
import { comparisonRequest, readComparison } from '../tasks/compare-images.ts'
import { askAboutImages } from './ask-about-images.ts'
import { type Caller, callableHandler } from './callable-frame.ts'

const EXPECTED_OUTPUT_TOKENS = 1500

export const handleCompareImages = callableHandler(
  { name: 'compareImages', request: compareImagesRequest, timeoutMs: CALL_WORK_MS, expensive: true },
  compareImages,
)

/** Compares several images. Boxes are in pixels of the upright image that they belong to. */
async function compareImages(
  { images: references, question }: z.output<typeof compareImagesRequest>,
  caller: Caller,
  services: Services,
  config: Config,
): Promise<CompareImagesResult> {
  const model = config.compareModel
  const { value, images, account } = await askAboutImages(
    {
      images: references,
      model,
      texts: [question ?? []].flat(),
      expectedOutputTokens: EXPECTED_OUTPUT_TOKENS,
      question: (loaded) => ({
        request: comparisonRequest(
          loaded.map(({ prepared }) => prepared),
          question,
          model,
        ),
        read: (answers) => readComparison(answers.at(-1)!, loaded),
      }),
    },
    caller,
    services,
    config,
  )
  const { dropped: reasons, ...comparison } = value
  return {
    ...comparison,
    images: images.map(({ width, height }) => ({ width, height })),
    dropped: {
      regions: countLost(reasons, 'region'),
      differences: countLost(reasons, 'difference'),
      reasons,
    },
    ...account,
  }
}

import { type CompareImagesResult, compareImagesRequest } from '../api/compare-images.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { countLost } from '../document/drop-reasons.ts'
import { COMPARE_OUTPUT_TOKENS, comparisonRequest, readComparison } from '../tasks/compare-images.ts'
import { askAboutImages, preparedOf } from './ask-about-images.ts'
import { callableHandler } from './callable-frame.ts'

const EXPECTED_OUTPUT_TOKENS = 1500

/** Compares several images. Boxes are in pixels of the upright image that they belong to. */
export const handleCompareImages = callableHandler(
  { name: 'compareImages', request: compareImagesRequest, timeoutMs: CALL_WORK_MS, expensive: true },
  async ({ images: references, question }, context): Promise<CompareImagesResult> => {
    const { value, images, account } = await askAboutImages(context, {
      images: references,
      task: 'compare',
      texts: [question ?? []].flat(),
      expectedOutputTokens: EXPECTED_OUTPUT_TOKENS,
      outputTokens: () => ({ first: COMPARE_OUTPUT_TOKENS }),
      question: (loaded, model) => ({
        request: comparisonRequest(preparedOf(loaded), question, model),
        read: (answers) => readComparison(answers.at(-1)!, loaded),
      }),
    })
    const { dropped: reasons, ...comparison } = value
    const dropped = {
      regions: countLost(reasons, 'region'),
      differences: countLost(reasons, 'difference'),
      reasons,
    }
    const sizes = images.map(({ width, height }) => ({ width, height }))
    return { ...comparison, images: sizes, dropped, ...account }
  },
)

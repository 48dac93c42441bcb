import type { z } from 'zod'
import { type DescribeImageResult, describeImageRequest } from '../api/describe-image.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import type { ModelAnswer } from '../ports/vision-model.ts'
import {
  DESCRIBE_OUTPUT_TOKENS,
  type DescribeOptions,
  describeRequest,
  readDescription,
} from '../tasks/describe.ts'
import { askAboutImages } from './ask-about-images.ts'
import { type CallContext, callableHandler } from './callable-frame.ts'

const EXPECTED_OUTPUT_TOKENS = 500

export const handleDescribeImage = callableHandler(
  { name: 'describeImage', request: describeImageRequest, timeoutMs: CALL_WORK_MS },
  describeImage,
)

/** Describes an image in the requested language and style. With `labelSet` it classifies the image. */
export async function describeImage(
  { image, ...wishes }: z.output<typeof describeImageRequest>,
  context: CallContext,
): Promise<DescribeImageResult> {
  const options = { ...wishes, withoutText: true }
  const { value, account } = await askAboutImages(context, {
    images: [image],
    task: 'describe',
    texts: [options.style ?? '', ...(options.labelSet ?? [])],
    expectedOutputTokens: EXPECTED_OUTPUT_TOKENS,
    outputTokens: () => ({ first: DESCRIBE_OUTPUT_TOKENS }),
    question: ([loaded], model) => ({
      request: describeRequest(loaded!.prepared, model, options),
      read: (answers) => readAnswer(answers.at(-1)!, options),
    }),
  })
  return { ...value, ...account }
}

function readAnswer(answer: ModelAnswer, options: DescribeOptions) {
  const { description, state, droppedLabels } = readDescription(answer, options)
  const { caption, altText, labels } = description
  const truncated = answer.truncated || state === 'salvaged'
  return { caption, altText, labels, dropped: { labels: droppedLabels }, truncated }
}

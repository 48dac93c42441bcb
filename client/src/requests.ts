import type { AnswerQuestionRequest } from '../../functions/src/api/answer-question.ts'
import type { CompareImagesRequest } from '../../functions/src/api/compare-images.ts'
import type { DescribeImageRequest } from '../../functions/src/api/describe-image.ts'
import type { DetectObjectsRequest } from '../../functions/src/api/detect-objects.ts'
import type { ImageInput } from './image-input.ts'

// The requests as the functions take them, with images in all the forms that the client takes.

export type AnswerQuestionInput = Omit<AnswerQuestionRequest, 'images'> & {
  images: ImageInput | readonly ImageInput[]
}
export type CompareImagesInput = Omit<CompareImagesRequest, 'images'> & { images: readonly ImageInput[] }
export type DescribeImageInput = Omit<DescribeImageRequest, 'image'> & { image: ImageInput }
export type DetectObjectsInput = Omit<DetectObjectsRequest, 'image'> & { image: ImageInput }
export type { AnnotateImageRequest as AnnotateImageInput } from '../../functions/src/api/annotate-image.ts'

/** One of the earlier turns of a conversation: a question of the user, or the answer of the model. */
export type Turn = NonNullable<AnswerQuestionRequest['history']>[number]

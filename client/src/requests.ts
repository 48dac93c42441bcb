import type { AnswerQuestionRequest } from '../../functions/src/api/answer-question.ts'
import type { CompareImagesRequest } from '../../functions/src/api/compare-images.ts'
import type { DescribeImageRequest } from '../../functions/src/api/describe-image.ts'
import type { DetectObjectsRequest } from '../../functions/src/api/detect-objects.ts'
import type { ImageInput } from './image-input.ts'

/** A request as a function takes it, from callers who may not let go of their lists: nothing here changes them. */
type Readable<T> = T extends readonly (infer Item)[]
  ? readonly Readable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Readable<T[Key]> }
    : T

// The requests as the functions take them, with images in all the forms that the client takes.

export type AnswerQuestionInput = Readable<Omit<AnswerQuestionRequest, 'images'>> & {
  images: ImageInput | readonly ImageInput[]
}
export type CompareImagesInput = Readable<Omit<CompareImagesRequest, 'images'>> & {
  images: readonly ImageInput[]
}
export type DescribeImageInput = Readable<Omit<DescribeImageRequest, 'image'>> & { image: ImageInput }
export type DetectObjectsInput = Readable<Omit<DetectObjectsRequest, 'image'>> & { image: ImageInput }
export type { AnnotateImageRequest as AnnotateImageInput } from '../../functions/src/api/annotate-image.ts'

/** One of the earlier turns of a conversation: a question of the user, or the answer of the model. */
export type Turn = NonNullable<AnswerQuestionRequest['history']>[number]

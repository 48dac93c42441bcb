import type { AnswerQuestionRequest } from '../../functions/src/api/answer-question.ts'
import type { CompareImagesRequest } from '../../functions/src/api/compare-images.ts'
import type { DescribeImageRequest } from '../../functions/src/api/describe-image.ts'
import type { DetectObjectsRequest } from '../../functions/src/api/detect-objects.ts'
import type { ImageInput } from './image-input.ts'

/** Accepts readonly lists and objects: the client never changes a request. */
type Readable<T> = T extends readonly (infer Item)[]
  ? readonly Readable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Readable<T[Key]> }
    : T

// The requests of the functions, with images in any form that the client accepts.

export type AnswerQuestionInput = Readable<Omit<AnswerQuestionRequest, 'images'>> & {
  images: ImageInput | readonly ImageInput[]
}
export type CompareImagesInput = Readable<Omit<CompareImagesRequest, 'images'>> & {
  images: readonly ImageInput[]
}
export type DescribeImageInput = Readable<Omit<DescribeImageRequest, 'image'>> & { image: ImageInput }
export type DetectObjectsInput = Readable<Omit<DetectObjectsRequest, 'image'>> & { image: ImageInput }
export type { AnnotateImageRequest as AnnotateImageInput } from '../../functions/src/api/annotate-image.ts'
export type { DeleteMyDataRequest as DeleteMyDataInput } from '../../functions/src/api/erasure.ts'

/** An earlier turn of a conversation: a question of the user or an answer of the model. */
export type Turn = NonNullable<AnswerQuestionRequest['history']>[number]

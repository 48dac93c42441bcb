import type { CallName } from './calls.ts'

/** A minimal request of each callable for given images. */
export const REQUESTS: Record<CallName, (...images: object[]) => object> = {
  answerQuestion: (...images) => ({ images, question: 'What is in this picture?' }),
  compareImages: (first, ...images) => ({ images: [first, ...(images.length > 0 ? images : [first])] }),
  detectObjects: (image) => ({ image, masks: true }),
  describeImage: (image) => ({ image }),
}

export const CALL_NAMES = Object.keys(REQUESTS) as CallName[]

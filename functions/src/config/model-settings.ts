import type { Setting } from './setting.ts'

/** Models, and what a photo costs. */
export const modelSettings = {
  vertexLocation: {
    name: 'VERTEX_LOCATION',
    default: 'global',
    description: 'Location of Vertex AI, for the provider vertex-ai.',
  },
  describeModel: {
    name: 'DESCRIBE_MODEL',
    default: 'gemini-3.8-flash',
    description: 'Model for caption, alt text, labels and text.',
  },
  locateModel: {
    name: 'LOCATE_MODEL',
    default: 'gemini-3.8-flash',
    description: 'Model for objects, boxes and masks.',
  },
  answerModel: {
    name: 'ANSWER_MODEL',
    default: 'gemini-3.8-flash',
    description: 'Model for questions about images.',
  },
  compareModel: {
    name: 'COMPARE_MODEL',
    default: 'gemini-3.8-flash',
    description: 'Model for comparisons of images.',
  },
  fallbackModel: {
    name: 'FALLBACK_MODEL',
    default: '',
    description:
      'Model that replaces any of the above while it does not exist or stays overloaded. Empty: none.',
  },
  describeMediaResolution: {
    name: 'DESCRIBE_MEDIA_RESOLUTION',
    default: 'medium',
    description:
      'Resolution of the photo for caption, alt text, labels and text: low (280 tokens), medium (560) or high (1120). Models before 3.x ignore it.',
  },
  locateMediaResolution: {
    name: 'LOCATE_MEDIA_RESOLUTION',
    default: 'medium',
    description:
      'Resolution of the photo for objects, boxes and masks: low (280 tokens), medium (560) or high (1120). Models before 3.x ignore it.',
  },
  answerMediaResolution: {
    name: 'ANSWER_MEDIA_RESOLUTION',
    default: 'high',
    description:
      'Resolution of each image of a question: low (280 tokens), medium (560) or high (1120). Models before 3.x ignore it.',
  },
  compareMediaResolution: {
    name: 'COMPARE_MEDIA_RESOLUTION',
    default: 'high',
    description:
      'Resolution of each image of a comparison: low (280 tokens), medium (560) or high (1120). Models before 3.x ignore it.',
  },
  modelTimeoutSeconds: {
    name: 'MODEL_TIMEOUT_SECONDS',
    default: 60,
    description: 'Timeout of one model request, in seconds. 1 to 240.',
  },
  modelRequestsPerMinute: {
    name: 'MODEL_REQUESTS_PER_MINUTE',
    default: 0,
    description:
      'Maximum number of requests that one instance of a function sends to each model in a minute, evenly spaced. A photo takes two. 0: no limit. 0 to 100000.',
  },
  prominentObjects: {
    name: 'PROMINENT_OBJECTS',
    default: 20,
    description:
      'Maximum number of objects that the model is asked for in a photo, 1 to 255. More are kept if the model gives them, up to MAX_OBJECTS. With masks, each object adds about 0.8 dollars to 1,000 photos of gemini-3.8-flash in 2026 (docs/cost.md). Does not limit calls of detectObjects with targets.',
  },
  maskPoints: {
    name: 'MASK_POINTS',
    default: 24,
    description:
      'Maximum number of points of each outline that models from 3.x on are asked for, 8 to 200. Outlines are most of the cost of a photo (docs/cost.md). 0: no masks for uploads, only boxes.',
  },
  fullResolution: {
    name: 'FULL_RESOLUTION',
    default: false,
    description: 'Send the photo to the model at full size instead of a copy of at most 1536 pixels.',
  },
  backfillServiceTier: {
    name: 'BACKFILL_SERVICE_TIER',
    default: 'standard',
    description:
      'Service tier of the model requests of backfills: standard, or flex (a preview, only with the provider gemini-api) for half the price. Flex requests take 1 to 15 minutes and may be refused; then the standard tier is used.',
  },
  inputTokenPrice: {
    name: 'INPUT_TOKEN_PRICE',
    default: '',
    description:
      'Price of a million input tokens in US dollars at the standard tier, only for the estimates of backfills. Empty: the list price of the model on that day, if it is known.',
  },
  outputTokenPrice: {
    name: 'OUTPUT_TOKEN_PRICE',
    default: '',
    description: 'The same for output tokens.',
  },
} satisfies Record<string, Setting>

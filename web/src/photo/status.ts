import type { Annotation } from '@firesight/client'
import type { ErrorCode } from '../../../functions/src/errors.ts'
import { duration } from '../parts/numbers.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'

type Tone = 'busy' | 'good' | 'warning' | 'bad'
type StatusText = { tone: Tone; title: string; detail?: string; code?: string }

/** Next steps for the user, in addition to the error message of the document. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  'empty-file': 'Save the photo again and upload the new file.',
  'file-too-large': 'Upload a smaller copy of at most 20 MB.',
  'unsupported-type': 'Convert the photo to JPEG.',
  'heic-disabled': 'Convert the photo to JPEG.',
  'corrupt-image': 'Copy the file from its source again, or save it again.',
  'too-many-pixels': 'Upload a copy with fewer pixels.',
  'bad-dimensions': 'Choose a larger image.',
}

/**
 * The status of a photo, for its owner.
 * @param from when the upload or the analysis has started
 */
export function statusText(
  local: LocalPhoto | undefined,
  annotation: Annotation | undefined,
  from: Date | undefined,
): StatusText {
  if (!annotation) return uploadText(local)
  const { status, error } = annotation
  switch (status) {
    case 'processing':
      return {
        tone: 'busy',
        title: 'Analyzing your photo',
        ...(error && { detail: `${error.message} Retrying.`, code: error.code }),
      }
    case 'succeeded':
      return { tone: 'good', title: foundText(annotation, from) }
    case 'partial':
      return ended('warning', `Partially completed: ${missingText(annotation)}`, annotation)
    case 'rejected':
      return ended('bad', 'This file cannot be processed', annotation)
    case 'blocked':
      return ended('bad', 'The model declined this photo', annotation)
    case 'failed':
      return ended('bad', 'The analysis failed', annotation)
    case 'deferred':
      return deferred(annotation)
    case 'superseded':
      return ended('warning', 'Replaced by a newer version', annotation)
  }
}

function ended(tone: Tone, title: string, { error }: Annotation): StatusText {
  if (!error) return { tone, title }
  const advice = ADVICE[error.code]
  return { tone, title, detail: advice ? `${error.message} ${advice}` : error.message, code: error.code }
}

/** The status panel counts down to the time. Screen readers read the time only once. */
function deferred(annotation: Annotation): StatusText {
  const text = ended('warning', 'The analysis is postponed', annotation)
  const { dueAt } = annotation
  if (!dueAt) return text
  const next =
    dueAt > new Date()
      ? `The analysis continues automatically after ${clock(dueAt)}.`
      : 'The analysis continues automatically soon.'
  return { ...text, detail: `${text.detail ?? ''} ${next}`.trim() }
}

/** The time, with the date if it is not today. */
function clock(time: Date): string {
  const isToday = time.toDateString() === new Date().toDateString()
  return isToday
    ? time.toLocaleTimeString([], { timeStyle: 'short' })
    : time.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
}

function uploadText(local: LocalPhoto | undefined): StatusText {
  if (!local) return { tone: 'busy', title: 'Loading the photo' }
  const { upload } = local
  switch (upload.state) {
    case 'waiting':
      return { tone: 'busy', title: 'Waiting to upload' }
    case 'running':
      return { tone: 'busy', title: `Uploading: ${Math.round(upload.fraction * 100)}%` }
    case 'done':
      return { tone: 'busy', title: 'Uploaded, waiting for the analysis' }
    case 'failed':
      return { tone: 'bad', title: 'Upload failed', detail: upload.message }
    case 'cancelled':
      return { tone: 'warning', title: 'Upload cancelled' }
  }
}

function foundText({ objects = [], completedAt }: Annotation, from: Date | undefined): string {
  const { length } = objects
  const found = `${length === 0 ? 'no' : length} ${length === 1 ? 'object' : 'objects'}`
  if (!completedAt || !from) return `Done: ${found}`
  // The clocks of browser and server differ, so the difference can be negative.
  return `Done in ${duration(Math.max(completedAt.getTime() - from.getTime(), 0))}: ${found}`
}

function missingText({ steps }: Annotation): string {
  return steps.describe.state === 'succeeded' ? 'the objects are missing' : 'the description is missing'
}

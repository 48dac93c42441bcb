import type { Annotation } from '@firesight/client'
import type { ErrorCode } from '../../../functions/src/errors.ts'
import type { LocalPhoto } from '../hooks/use-uploads.ts'

export type Tone = 'busy' | 'good' | 'warning' | 'bad'
export type StatusWords = { tone: Tone; title: string; detail?: string; code?: string }

/** What would be right, where the document's own words only say what is wrong. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  'empty-file': 'Save the photo again and upload the new file.',
  'file-too-large': 'Save a smaller copy of up to 20 MB.',
  'unsupported-type': 'Save it as one of these, whatever its name says.',
  'heic-disabled': 'Save it as JPEG.',
  'corrupt-image': 'Copy it once more from where it came from, or save it anew.',
  'too-many-pixels': 'Save a copy with fewer pixels.',
  'bad-dimensions': 'Choose a larger picture.',
  'model-misconfigured': 'The owner of this app can find the reason in the log of its functions.',
  'model-not-found': 'The owner of this app can set another model.',
}

/** How a photo stands, for its owner. */
export function statusWords(local: LocalPhoto | undefined, annotation: Annotation | undefined): StatusWords {
  if (!annotation) return uploadWords(local)
  const { status, error } = annotation
  switch (status) {
    case 'processing':
      return {
        tone: 'busy',
        title: 'Looking at your photo',
        ...(error && { detail: `${error.message} It is being tried again.`, code: error.code }),
      }
    case 'succeeded':
      return { tone: 'good', title: foundWords(annotation) }
    case 'partial':
      return ended('warning', `Half of it is here: ${missingWords(annotation)}`, annotation)
    case 'rejected':
      return ended('bad', 'This file cannot be annotated', annotation)
    case 'blocked':
      return ended('bad', 'The model refused this photo', annotation)
    case 'failed':
      return ended('bad', 'Nothing could be found out about this photo', annotation)
    case 'deferred':
      return waiting(annotation)
    case 'superseded':
      return ended('warning', 'A newer photo has taken its place', annotation)
    case 'deleted':
      return { tone: 'warning', title: 'Deleted', detail: 'The photo and all its results are gone.' }
  }
}

function ended(tone: Tone, title: string, { error }: Annotation): StatusWords {
  if (!error) return { tone, title }
  const advice = ADVICE[error.code]
  return { tone, title, detail: advice ? `${error.message} ${advice}` : error.message, code: error.code }
}

function waiting(annotation: Annotation): StatusWords {
  const words = ended('warning', 'Laid aside for now', annotation)
  const { nextAttemptAt } = annotation
  if (!nextAttemptAt || nextAttemptAt <= new Date()) return words
  const when = nextAttemptAt.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
  return { ...words, detail: `${words.detail ?? ''} It can be run again from ${when} on.`.trim() }
}

function uploadWords(local: LocalPhoto | undefined): StatusWords {
  if (!local) return { tone: 'busy', title: 'Opening the photo' }
  const { upload } = local
  switch (upload.state) {
    case 'running':
      return { tone: 'busy', title: `Uploading, ${Math.round(upload.fraction * 100)} %` }
    case 'done':
      return { tone: 'busy', title: 'Uploaded, waiting to be looked at' }
    case 'failed':
      return { tone: 'bad', title: 'Not uploaded', detail: upload.message }
  }
}

function foundWords({ objects = [] }: Annotation): string {
  if (objects.length === 0) return 'Done: no objects found'
  return objects.length === 1 ? 'Done: one object found' : `Done: ${objects.length} objects found`
}

function missingWords({ steps }: Annotation): string {
  return steps.describe.state === 'succeeded' ? 'the objects are missing' : 'the description is missing'
}

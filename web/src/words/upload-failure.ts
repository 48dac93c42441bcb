import { FirebaseError } from 'firebase/app'

const WORDS: Record<string, string> = {
  'storage/canceled': 'The upload was cancelled.',
  'storage/unauthorized':
    'Storage refused the photo: its rules take PNG, JPEG, WebP, HEIC and HEIF of up to 20 MB from a signed-in user.',
  'storage/retry-limit-exceeded':
    'The connection was lost for too long. Add the photo again once you are online.',
  'storage/quota-exceeded':
    'The project’s storage is full. Its owner has to make room before photos can be added.',
}

/** Why an upload failed, for the person who waits for it. */
export function uploadFailure(error: unknown): string {
  if (error instanceof FirebaseError && WORDS[error.code]) return WORDS[error.code] ?? ''
  return `The photo could not be uploaded (${error instanceof Error ? error.message : String(error)}). Try it again.`
}

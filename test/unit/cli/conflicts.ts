import { firestoreAreas, storageAreas } from '../../../cli/src/rules/areas.ts'
import { findConflicts } from '../../../cli/src/rules/conflicts.ts'
import { parseRules } from '../../../cli/src/rules/parse.ts'

export const layout = { uploadPaths: ['users/{uid}/uploads/{fileName}'], imagesCollections: ['images'] }

export const annotations = 'images/{imageId}'

/** The conflicts of rules in the outermost match block, as `effect: area, area`. */
export function firestoreConflicts(rules: string, collections = ['images']): string[] {
  const text = `rules_version = '2';
service cloud.firestore { match /databases/{database}/documents {\n${rules}\n} }`
  const areas = firestoreAreas({ ...layout, imagesCollections: collections })
  return findConflicts(text, parseRules(text), 'cloud.firestore', areas).map(
    ({ effect, areas: found }) => `${effect}: ${found.join(', ')}`,
  )
}

export function storageConflicts(rules: string): string[] {
  const text = `rules_version = '2';
service firebase.storage { match /b/{bucket}/o {\n${rules}\n} }`
  return findConflicts(text, parseRules(text), 'firebase.storage', storageAreas(layout)).map(
    ({ effect, areas }) => `${effect}: ${areas.join(', ')}`,
  )
}

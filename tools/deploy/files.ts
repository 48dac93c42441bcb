import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_LAYOUT, type ProjectLayout, type RulesFile } from '../doctor/project-files.ts'
import { root } from '../paths.ts'

/** The texts of rules and indexes that differ from this repository, because of the settings. */
export type ProjectFiles = Partial<Record<RulesFile | 'firestore.indexes.json', string>>

export function layoutOf({ UPLOAD_PATH, IMAGES_COLLECTION }: Record<string, string>): ProjectLayout {
  return {
    uploadPath: UPLOAD_PATH || DEFAULT_LAYOUT.uploadPath,
    collection: IMAGES_COLLECTION || DEFAULT_LAYOUT.collection,
  }
}

/** Those of the texts that differ from the file of the same name. */
export function changedFiles(texts: Record<string, string | undefined>): ProjectFiles {
  return Object.fromEntries(
    Object.entries(texts).filter(
      ([file, text]) => text !== undefined && text !== readFileSync(join(root, file), 'utf8'),
    ),
  )
}

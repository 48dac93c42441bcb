import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mergeIndexes, wantedIndexes } from '../../cli/src/init/indexes.ts'
import { FIRESTORE, rulesForLayout, STORAGE, UnsupportedLayout } from '../../cli/src/rules/block.ts'
import { parseRules } from '../../cli/src/rules/parse.ts'
import type { Match, Segment } from '../../cli/src/rules/tree.ts'
import { root } from '../paths.ts'

export type RulesFile = 'firestore.rules' | 'storage.rules'

/** UPLOAD_PATH and IMAGES_COLLECTION. */
export type ProjectLayout = { uploadPath: string; collection: string }

export const DEFAULT_LAYOUT: ProjectLayout = {
  uploadPath: 'users/{uid}/uploads/{fileName}',
  collection: 'images',
}

const KINDS = { 'firestore.rules': FIRESTORE, 'storage.rules': STORAGE }

/**
 * The rules for the settings of a project. A file that was edited for these settings stays as it is.
 * @throws UnsupportedLayout if they cannot be written
 * @throws RulesSyntaxError
 */
export function rulesForProject(text: string, file: RulesFile, layout: ProjectLayout): string {
  const pathOf = ({ uploadPath, collection }: ProjectLayout) =>
    file === 'storage.rules' ? uploadPath : `${collection}/{imageId}`
  const path = pathOf(layout)
  if (path === pathOf(DEFAULT_LAYOUT)) return text
  if (hasMatch(text, file, path)) return text
  const { uploadPath, collection } = layout
  const rules = rulesForLayout(text, KINDS[file], {
    uploadPaths: [uploadPath],
    imagesCollections: [collection],
  })
  if (!hasMatch(rules, file, path))
    throw new UnsupportedLayout(`${file} has no match for ${path} and none for ${pathOf(DEFAULT_LAYOUT)}`)
  return rules
}

function hasMatch(text: string, file: RulesFile, path: string): boolean {
  const { service, root: outermost } = KINDS[file]
  const wanted = `${outermost}/${path}`.split('/').map(shapeOf).join('/')
  return parseRules(text)
    .services.filter(({ name }) => name === service)
    .some(({ matches }) => matches.some((match) => shapesOf(match).includes(wanted)))
}

/** The indexes for the collection of a project. */
export function indexesForProject(collection: string): string {
  const file = 'firestore.indexes.json'
  const text = readFileSync(join(root, file), 'utf8')
  return collection === DEFAULT_LAYOUT.collection
    ? text
    : mergeIndexes(file, undefined, wantedIndexes(text, [collection])).text
}

/** The full paths of a match and of those in it. Variables have no names, because these can differ. */
function shapesOf({ path, matches }: Match): string[] {
  const own = path.map((segment) => `/${shapeOfSegment(segment)}`).join('')
  return [own, ...matches.flatMap((match) => shapesOf(match).map((inner) => own + inner))]
}

function shapeOfSegment(segment: Segment): string {
  if (segment.kind === 'literal') return segment.text
  return segment.kind === 'rest' ? '**' : '*'
}

function shapeOf(segment: string): string {
  if (!segment.includes('{')) return segment
  return segment.includes('**') ? '**' : '*'
}

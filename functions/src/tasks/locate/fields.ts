import { isPlainObject } from '../../answers/answer-json.ts'

/** The values of an entry by their meaning, in the order of the names below. */
export type Fields = { boxes: unknown[]; masks: unknown[]; labels: unknown[]; point: boolean }

/*
 * Names of keys as models write them, in lower case and without separators. The first name is the one that
 * the prompt asks for. Damaged JSON is searched for them as words, so a name must not be part of a name with
 * another meaning.
 */
const BOX_NAMES = ['box2d', 'bbox2d', 'bbox', 'box', 'boundingbox']
const MASK_NAMES = ['mask', 'segmentationmask', 'maskpng', 'segmentation', 'polygon', 'outline', 'contour']
const LABEL_NAMES = ['label', 'name', 'class', 'category', 'object', 'title', 'description']
/** A key without its beginning: gemini-2.5-flash writes "x_2d". */
const CUT_BOX_NAME = /2d$/

/** Names as they are in the text of an answer, for regular expressions. */
const spelled = (names: string[]) =>
  names
    .map((name) => name.replace(/^(b?box|bounding|segmentation|mask)(?=2d|box|mask|png)/, '$1[_-]?'))
    .join('|')
export const BOX_KEY = String.raw`(?:\w{0,20}2d|${spelled(BOX_NAMES)})`
export const LABEL_KEYS = LABEL_NAMES
/** An object with one of these keys is an entry. */
export const ENTRY_KEYS = `(?:${BOX_KEY}|box_?3d|point|${spelled(MASK_NAMES)})`
const ENTRY_KEY = new RegExp(`^${ENTRY_KEYS}$`, 'i')

type Role = { field: 'boxes' | 'masks' | 'labels' | 'point' | 'cut-box' | 'none'; rank: number }

const NO_ROLE: Role = { field: 'none', rank: 0 }
/** By key as it is written, because the entries of an answer repeat their keys. */
const ROLES = new Map<string, Role>()

function roleOf(key: string): Role {
  const known = ROLES.get(key)
  if (known) return known
  const role = key.length > 40 ? NO_ROLE : findRole(key.toLowerCase().replaceAll(/[_\- ]/g, ''))
  if (ROLES.size < 1000) ROLES.set(key, role)
  return role
}

function findRole(name: string): Role {
  for (const [field, names] of Object.entries({ boxes: BOX_NAMES, masks: MASK_NAMES, labels: LABEL_NAMES })) {
    const rank = names.indexOf(name)
    if (rank !== -1) return { field: field as 'boxes' | 'masks' | 'labels', rank }
  }
  if (name === 'point') return { field: 'point', rank: 0 }
  return CUT_BOX_NAME.test(name) ? { field: 'cut-box', rank: 0 } : NO_ROLE
}

export function fieldsOf(item: Record<string, unknown>): Fields {
  const found = { boxes: [] as Ranked[], masks: [] as Ranked[], labels: [] as Ranked[] }
  let cutBox: unknown
  let point = false
  for (const key of Object.keys(item)) {
    const value = item[key]
    if (isEmpty(value)) continue
    const { field, rank } = roleOf(key)
    if (field === 'cut-box') cutBox = value
    else if (field === 'point') point = true
    else if (field !== 'none' && (field === 'labels' || !holdsEntries(value)))
      found[field].push({ value, rank })
  }
  const boxes = inOrder(found.boxes)
  return {
    boxes: boxes.length === 0 && cutBox !== undefined ? [cutBox] : boxes,
    masks: inOrder(found.masks),
    labels: inOrder(found.labels),
    point,
  }
}

type Ranked = { value: unknown; rank: number }

function inOrder(values: Ranked[]): unknown[] {
  const sorted = values.length > 1 ? values.toSorted((a, b) => a.rank - b.rank) : values
  return sorted.map(({ value }) => value)
}

/** Whether an object has a box, a mask or a point, so that it is an entry. */
export function hasFields(item: Record<string, unknown>): boolean {
  return Object.keys(item).some((key) => {
    const { field } = roleOf(key)
    if (field === 'none' || field === 'labels') return false
    return !isEmpty(item[key]) && !holdsEntries(item[key])
  })
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}

/** Whether a value is a list of entries, although its key is that of a field. */
function holdsEntries(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  return value.some(
    (element) => isPlainObject(element) && Object.keys(element).some((key) => ENTRY_KEY.test(key)),
  )
}

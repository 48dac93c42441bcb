import { STATE_COLLECTIONS } from '../../../functions/src/document/state-collections.ts'
import type { Segment } from './tree.ts'

/** The settings that decide which paths belong to Firesight. Kit instances can each have their own. */
export type Layout = { uploadPaths: string[]; imagesCollections: string[] }

/** A segment of the paths of an area. `owner`: the user id; `any`: any other variable. */
export type AreaSegment = { kind: 'literal'; text: string } | { kind: 'owner' | 'any' }

/** Paths that belong to Firesight, and the access that other rules may allow there. */
export type Area = {
  name: string
  segments: AreaSegment[]
  /** Whether the area includes all paths below. */
  isDeep: boolean
  /** The only methods that matter here. Default: all. */
  methods?: readonly string[]
  /** The field of the document that holds the user id. */
  ownerField?: string
  /** Who may read. No other rule may allow a client to write. */
  readers: 'owner' | 'none' | 'anyone'
}

const DAY = `${STATE_COLLECTIONS.projectUsage}/{day}`

/** The state of the functions, which kit instances have below `firesight/{instanceId}`. */
const STATE: Pick<Area, 'name' | 'readers'>[] = [
  { name: `${STATE_COLLECTIONS.quotas}/{uid}`, readers: 'owner' },
  // The kill switch. It may be public.
  { name: `${STATE_COLLECTIONS.settings}/{id}`, readers: 'anyone' },
  { name: `${STATE_COLLECTIONS.circuits}/{id}`, readers: 'none' },
  { name: `${STATE_COLLECTIONS.upkeep}/{id}`, readers: 'none' },
  { name: `${STATE_COLLECTIONS.backfills}/{id}`, readers: 'none' },
  { name: DAY, readers: 'none' },
  { name: `${DAY}/${STATE_COLLECTIONS.shards}/{id}`, readers: 'none' },
  { name: `${DAY}/${STATE_COLLECTIONS.reservations}/{id}`, readers: 'none' },
  { name: `${STATE_COLLECTIONS.modelFiles}/{id}`, readers: 'none' },
  { name: `${STATE_COLLECTIONS.erasures}/{uid}`, readers: 'owner' },
]

/** The areas in Firestore: the annotations, and the state of the functions. */
export function firestoreAreas({ imagesCollections }: Layout): Area[] {
  const area = (name: string, rest: Pick<Area, 'readers' | 'ownerField'>): Area => ({
    name,
    segments: segmentsOf(`databases/{database}/documents/${name}`),
    isDeep: false,
    ...rest,
  })
  return [
    ...imagesCollections.map((name) => area(`${name}/{imageId}`, { ownerField: 'owner', readers: 'owner' })),
    ...STATE.map(({ name, readers }) => area(name, { readers })),
    ...STATE.map(({ name, readers }) =>
      area(`${STATE_COLLECTIONS.instances}/{instanceId}/${name}`, { readers }),
    ),
  ]
}

/** The areas in Cloud Storage: the photos, their results, and copies for the model. */
export function storageAreas({ uploadPaths }: Layout): Area[] {
  const files = [
    ...uploadPaths.map((path) => ({ path, isDeep: false })),
    { path: 'users/{uid}/annotations/{imageId}/{generation}/{file}', isDeep: true },
    { path: 'users/{uid}/model-inputs/{file}', isDeep: false },
  ]
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  const object = (path: string) => segmentsOf(`b/{bucket}/o/${path}`)
  return [
    ...files.map(
      ({ path, isDeep }): Area => ({ name: path, segments: object(path), isDeep, readers: 'owner' }),
    ),
    ...Array.from(folders, (path): Area => {
      const segments = path === '' ? segmentsOf('b/{bucket}/o') : object(path)
      return { name: `${path}/`, segments, isDeep: false, methods: ['list'], readers: 'owner' }
    }),
  ]
}

/** The folders that contain a path. A list of a folder may show what is in it. */
function foldersOf(path: string): string[] {
  const segments = path.split('/')
  return segments.map((_, length) => segments.slice(0, length).join('/'))
}

function segmentsOf(path: string): AreaSegment[] {
  return path.split('/').map((text) => {
    if (text === '{uid}') return { kind: 'owner' }
    return text.startsWith('{') ? { kind: 'any' } : { kind: 'literal', text }
  })
}

/** The segments of the area to which each wildcard of a rule refers: one, or several for `{name=**}`. */
export type Bindings = { name: string; segments: AreaSegment[]; isRest: boolean }[]

/**
 * All ways in which a path of a rule and an area can match the same path. Version 2 of the rules: `**` matches
 * any number of segments, also none. Version 1 is a subset of that.
 */
export function overlaps(path: Segment[], { segments, isDeep }: Area): Bindings[] {
  if (!isDeep) return align(path, segments)
  // Paths below the area: as many more segments as the rule can distinguish.
  return Array.from({ length: path.length + 2 }, (_, more) =>
    align(path, [...segments, ...Array.from({ length: more }, (): AreaSegment => ({ kind: 'any' }))]),
  ).flat()
}

function align(path: Segment[], segments: AreaSegment[]): Bindings[] {
  const [first, ...rest] = path
  if (!first) return segments.length === 0 ? [[]] : []
  if (first.kind === 'rest') {
    return Array.from({ length: segments.length + 1 }, (_, count) =>
      align(rest, segments.slice(count)).map((bindings) => [
        { name: first.name, segments: segments.slice(0, count), isRest: true },
        ...bindings,
      ]),
    ).flat()
  }
  const [segment, ...others] = segments
  if (!segment) return []
  const isLiteral = first.kind === 'literal'
  if (isLiteral && segment.kind === 'literal' && !(first.decoded ?? [first.text]).includes(segment.text))
    return []
  // One binding for each segment of the rule's path, so that blocks can divide them.
  const binding = { name: isLiteral ? '' : first.name, segments: [segment], isRest: false }
  return align(rest, others).map((bindings) => [binding, ...bindings])
}

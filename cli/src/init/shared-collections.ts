import { firestoreAreas, type Layout } from '../rules/areas.ts'
import { withoutBlock } from '../rules/block.ts'
import { findNamedCollections, type NamedCollection } from '../rules/named-collections.ts'
import { parseRules } from '../rules/parse.ts'
import { RulesSyntaxError } from '../rules/reader.ts'
import { type Indexes, isSameOverride, keyOf } from './indexes.ts'
import { PAGE } from './page.ts'

/** A name of Firesight's collections that the project uses too. */
export type SharedCollection = {
  name: string
  /** Where the project's rules and indexes have the name. */
  places: string[]
  /** Whether an earlier run has added Firesight's settings for the name. */
  isSetUp: boolean
}

/** The rules before the changes of `init`. `source`: what messages call them. */
export type Rules = { source: string; text: string | undefined }

/**
 * Finds the names of collections for which Firesight has TTL policies or exemptions, and which the project uses too.
 * @param wanted Firesight's indexes for the layout
 */
export function findSharedCollections(
  rules: Rules,
  indexes: { file: string; content: Indexes },
  wanted: Required<Indexes>,
  layout: Layout,
): { shared: SharedCollection[]; notes: string[] } {
  const names = [...new Set(wanted.fieldOverrides.map(({ collectionGroup }) => collectionGroup))]
  const setUp = names.filter((name) => isSetUp(name, indexes.content, wanted))
  const isNew = (name: string) => !setUp.includes(name)
  const { named, notes } = namedInRules(rules, [
    // Rules for a top-level collection of this name are for the project's own, until Firesight is set up.
    { names: names.filter(isNew), layout: { ...layout, imagesCollections: [] } },
    { names: setUp, layout },
  ])
  const shared = names.map((name): SharedCollection => {
    const inRules = named.filter(({ collection }) => collection === name)
    // Own indexes for Firesight's documents are usual once it is set up.
    const inIndexes = isNew(name) ? placesInIndexes(name, indexes.content, wanted) : []
    return {
      name,
      places: [
        ...inRules.map(({ line, text }) => `${rules.source}:${line}: ${text}`),
        ...inIndexes.map((place) => `${indexes.file}: ${place}`),
      ],
      isSetUp: setUp.includes(name),
    }
  })
  return { shared: shared.filter(({ places }) => places.length > 0), notes }
}

/** Most settings are enough: an update of Firesight can add some, and the project can change some. */
function isSetUp(name: string, { fieldOverrides: own = [] }: Indexes, wanted: Required<Indexes>): boolean {
  const ours = wanted.fieldOverrides.filter(({ collectionGroup }) => collectionGroup === name)
  const present = ours.filter((override) => own.some((other) => isSameOverride(other, override)))
  return present.length * 2 > ours.length
}

function namedInRules(
  { source, text = '' }: Rules,
  searches: { names: string[]; layout: Layout }[],
): { named: NamedCollection[]; notes: string[] } {
  const others = withoutBlock(text)
  try {
    const file = parseRules(others)
    const found = searches.flatMap(({ names, layout }) =>
      findNamedCollections(others, file, names, firestoreAreas(layout)),
    )
    return { named: found.toSorted((a, b) => a.line - b.line), notes: [] }
  } catch (error) {
    if (!(error instanceof RulesSyntaxError)) throw error
    const problem = `${source}:${error.line}: ${error.message}`
    return {
      named: [],
      notes: [
        `${problem}. So the rules were not searched for collections of the same name: ${PAGE.collections}`,
      ],
    }
  }
}

/** The project's indexes and settings of fields that Firesight does not have. */
function placesInIndexes(
  name: string,
  { indexes = [], fieldOverrides = [] }: Indexes,
  wanted: Required<Indexes>,
): string[] {
  const ours = new Set(wanted.indexes.map(keyOf))
  const ownIndexes = indexes
    .filter((index) => index.collectionGroup === name && !ours.has(keyOf(index)))
    .map(({ fields }) => `an index of the fields ${fields.map(({ fieldPath }) => fieldPath).join(', ')}`)
  const ownSettings = fieldOverrides
    .filter((own) => own.collectionGroup === name)
    .filter((own) => !wanted.fieldOverrides.some((override) => isSameOverride(own, override)))
    .map(({ fieldPath }) => `settings of the field ${fieldPath}`)
  return [...ownIndexes, ...ownSettings]
}

/** What to do about a name that the project uses for something else, with the places and the consequences. */
export function explainShared(
  { name, places }: SharedCollection,
  { fieldOverrides }: Required<Indexes>,
  { imagesCollections }: Layout,
): string {
  const ours = fieldOverrides.filter(({ collectionGroup }) => collectionGroup === name)
  const fieldsWith = (isIncluded: (override: (typeof ours)[number]) => boolean) =>
    ours
      .filter(isIncluded)
      .map(({ fieldPath }) => fieldPath)
      .join(', ')
  const ttl = fieldsWith((override) => override.ttl === true)
  const exempt = fieldsWith(({ indexes }) => indexes?.length === 0)
  const fix = imagesCollections.includes(name)
    ? `Use another name for the annotations: --images-collection ${suggestionFor(name)} (IMAGES_COLLECTION).`
    : 'Rename your collection: Firesight keeps its state in collections of this name.'
  return [
    `The project uses the collection name "${name}", which Firesight uses too:`,
    ...places.map((place) => `    ${place}`),
    '  TTL policies and exemptions from indexes apply to all collections of a name, also to subcollections. So in',
    '  your collections of this name:',
    ...(ttl ? [`  - Firestore would delete documents whose ${ttl} is in the past.`] : []),
    ...(exempt ? [`  - Queries that filter or sort by only one of these fields would fail: ${exempt}.`] : []),
    `  ${fix}`,
    '  If you accept that, or if these places are for documents of Firesight: --accept-shared-collection.',
  ].join('\n')
}

const suggestionFor = (name: string) => `firesight${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** The same for a name that was accepted, or that is in use already. */
export function noteOnShared({ name, places }: SharedCollection): string {
  return `Firesight's TTL policies and exemptions also apply to your collections "${name}" (${places.join('; ')}): ${PAGE.collections}`
}

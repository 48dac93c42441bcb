import type { Layout } from '../rules/areas.ts'
import { FIRESTORE } from '../rules/block.ts'
import { addIndexes } from './add-indexes.ts'
import { type AddedRules, addRules, databaseRules, type RulesContext } from './add-rules.ts'
import type { Cloud } from './cloud.ts'
import { type Codebase, createCodebase, findCodebase } from './codebase.ts'
import { type Project, readEnvironment } from './environment-file.ts'
import type { ProjectFiles } from './files.ts'
import { addEmulators, readFirebaseJson } from './firebase-json.ts'
import { addLocalRun } from './local-run.ts'
import { findBucket, isDemo } from './location.ts'
import type { PackageFiles } from './package-files.ts'
import { PAGE } from './page.ts'
import { InitRefused } from './problems.ts'
import { type Ask, findProject, readTargets, type Targets } from './project.ts'
import { DEFAULT_DATABASE, firestoreFiles, storageFiles } from './rules-files.ts'
import { addSettings, checkOptions, DEFAULTS, regionName, type SettingOptions } from './settings.ts'

export type InitOptions = SettingOptions & {
  project?: string | undefined
  /** False: the rules are left to the user. */
  rules: boolean
  /** Whether TTL policies and exemptions may apply to collections of the project. */
  acceptSharedCollection?: boolean
  /** True: nothing can be accepted by an answer. */
  dryRun?: boolean
}

export type Surroundings = {
  package: PackageFiles
  cloud: (project: string) => Cloud
  ask: Ask | undefined
}

export type Plan = {
  project: Project
  codebase: Codebase
  /** The region of each name of the codebase. */
  regions: string[]
  /** Whether the Gemini API is used, which needs a key. */
  needsKey: boolean
  /** What the user should know before the changes are written. */
  notes: string[]
}

/**
 * Plans all changes in the files of a Firebase project. Writes nothing.
 * @throws InitRefused with everything that has to be fixed first
 */
export async function planInit(
  files: ProjectFiles,
  options: InitOptions,
  surroundings: Surroundings,
): Promise<Plan> {
  const { package: ours, ask } = surroundings
  checkOptions(options)
  const config = readFirebaseJson(files)
  const project = await findProject(files, options.project, ask)
  const targets = readTargets(files, project)
  const cloud = surroundings.cloud(project.id)
  const codebase = findCodebase(config) ?? createCodebase(files, config, ours)

  const uploads = await addSettings(files, codebase, options, { project, cloud, ask })
  const environments = codebase.environments.map((folder) => readEnvironment(files, folder, project))
  const values = (name: string, fallback: string) => [
    ...new Set(environments.map((environment) => environment[name] || fallback)),
  ]
  const layout: Layout = {
    uploadPaths: values('UPLOAD_PATH', DEFAULTS.UPLOAD_PATH),
    imagesCollections: values('IMAGES_COLLECTION', 'images'),
  }
  const databases = values('FIRESTORE_DATABASE', DEFAULT_DATABASE)
  const [database = DEFAULT_DATABASE, ...otherDatabases] = databases
  const notes: string[] = []
  if (otherDatabases.length === 0) {
    const firestore = firestoreFiles(files, database, targets)
    const context = { ours, layout, cloud, project }
    const rules = options.rules
      ? await planRules(files, { file: firestore.rules(), database }, targets, {
          ...context,
          uploads,
          results: values('OUTPUT_BUCKET', '').filter(Boolean),
        })
      : await unchangedRules(files, { file: firestore.ownRules ?? FIRESTORE.file, database }, context)
    const indexes = addIndexes(files, firestore.indexes(), rules.firestoreBase, context)
    await refuse(rules.problems, indexes.toAccept, options, ask)
    notes.push(...rules.notes, ...indexes.notes)
  } else if (options.rules) {
    throw new InitRefused([
      `The instances use several databases (${databases.join(', ')}). Use --no-rules, and merge rules and indexes yourself.`,
    ])
  } else {
    notes.push(
      `Merge the indexes of each database yourself: ${databases.join(', ')}. TTL policies and exemptions apply to all collections of a name: ${PAGE.collections}`,
    )
  }
  if (!options.rules) notes.push(`The rules were left alone (--no-rules). How to merge them: ${PAGE.rules}`)
  addEmulators(files, config)
  notes.push(...addLocalRun(files, codebase, ours))
  const needsKey = values('GEMINI_PROVIDER', DEFAULTS.GEMINI_PROVIDER).some((name) => name !== 'vertex-ai')
  const regions = environments.map((environment) => environment[regionName(codebase)] ?? '')
  return { project, codebase, regions, needsKey, notes }
}

/** Merges the rules of the database and of the buckets. */
async function planRules(
  files: ProjectFiles,
  firestore: { file: string; database: string },
  targets: Targets,
  { uploads, results, ...context }: RulesContext & { uploads: (string | undefined)[]; results: string[] },
): Promise<AddedRules> {
  const { project, cloud } = context
  const defaultBucket = await findBucket(project, cloud)
  const standard =
    defaultBucket && !isDemo(project)
      ? [defaultBucket]
      : [`${project.id}.firebasestorage.app`, `${project.id}.appspot.com`]
  const wanted = [...new Set([...uploads, ...results])]
  const storage = storageFiles(files, { wanted, standard }, targets)
  return addRules(files, firestore, storage, context)
}

/** The rules of the database are only read (--no-rules). */
async function unchangedRules(
  files: ProjectFiles,
  firestore: { file: string; database: string },
  context: RulesContext,
): Promise<AddedRules> {
  const firestoreBase = await databaseRules(files, firestore, context)
  const isUnknown = firestoreBase.text === undefined && firestoreBase.note !== undefined
  const note = `The active rules of ${context.project.id} could not be read, so they were not searched for collections of the same name: ${PAGE.collections}`
  return { problems: [], notes: isUnknown ? [note] : [], firestoreBase }
}

/**
 * Asks whether to continue despite shared names of collections.
 * @throws InitRefused if there are problems, or if the shared names are not accepted
 */
async function refuse(
  problems: string[],
  toAccept: string[],
  { acceptSharedCollection = false, dryRun = false }: InitOptions,
  ask: Ask | undefined,
): Promise<void> {
  const all = acceptSharedCollection ? problems : [...problems, ...toAccept]
  if (all.length === 0) return
  if (problems.length > 0 || !ask || dryRun) throw new InitRefused(all)
  const question = 'Apply the TTL policies and exemptions to these collections too?'
  if (await ask.confirm(`${toAccept.join('\n\n')}\n\n${question}`)) return
  throw new InitRefused(['No file was changed.'])
}

import type { Layout } from '../rules/areas.ts'
import { FIRESTORE, type RulesKind, STORAGE } from '../rules/block.ts'
import { mergeRules } from '../rules/merge.ts'
import { type Cloud, tryRead } from './cloud.ts'
import { type Codebase, createCodebase, findCodebase } from './codebase.ts'
import { addToEnvironment, type Project, readEnvironment } from './environment-file.ts'
import { explainObstacle } from './explain.ts'
import type { ProjectFiles } from './files.ts'
import {
  addEmulators,
  bucketsWithoutRules,
  type RulesFiles,
  readFirebaseJson,
  rulesFiles,
} from './firebase-json.ts'
import { mergeIndexes } from './indexes.ts'
import { addLocalRun } from './local-run.ts'
import { findBucket, findRegion, isDemo } from './location.ts'
import type { PackageFiles } from './package-files.ts'
import { InitRefused } from './problems.ts'
import { type Ask, findProject } from './project.ts'

export type InitOptions = {
  project?: string | undefined
  region?: string | undefined
  bucket?: string | undefined
  imagesCollection?: string | undefined
  /** False: the rules are left to the user. */
  rules: boolean
}

export type Surroundings = {
  package: PackageFiles
  cloud: (project: string) => Cloud
  ask: Ask | undefined
}

/** What the user should know after the changes, which are in the files. */
export type Plan = { project: Project; codebase: Codebase; notes: string[] }

const PAGE = 'https://github.com/firesight-dev/firesight/blob/main/docs/existing-projects.md'

/** The parameters that the Firebase CLI would ask for, except App Check, which the user must decide. */
export const DEFAULTS = {
  UPLOAD_PATH: 'users/{uid}/uploads/{fileName}',
  GEMINI_PROVIDER: 'gemini-api',
  PROJECT_TOKENS_PER_DAY: '20000000',
  OUTPUT_BUCKET: '',
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
  if (
    options.imagesCollection !== undefined &&
    !/^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(options.imagesCollection)
  ) {
    throw new InitRefused([
      `"${options.imagesCollection}" is not a name for a collection. Use letters, digits, - and _.`,
    ])
  }
  const config = readFirebaseJson(files)
  const project = await findProject(files, options.project, ask)
  const cloud = surroundings.cloud(project.id)
  const codebase = findCodebase(config) ?? createCodebase(files, config, ours)

  const buckets = await addSettings(files, codebase, options, { project, cloud, ask })
  const environments = codebase.environments.map((folder) => readEnvironment(files, folder, project))
  const values = (name: string, fallback: string) => [
    ...new Set(environments.map((environment) => environment[name] || fallback)),
  ]
  const layout: Layout = {
    uploadPaths: values('UPLOAD_PATH', DEFAULTS.UPLOAD_PATH),
    imagesCollections: values('IMAGES_COLLECTION', 'images'),
  }
  const [database = '(default)', ...otherDatabases] = values('FIRESTORE_DATABASE', '(default)')
  if (otherDatabases.length > 0 && options.rules) {
    throw new InitRefused([
      `The instances use several databases (${[database, ...otherDatabases].join(', ')}). Use --no-rules, and merge rules and indexes yourself.`,
    ])
  }
  const paths = rulesFiles(files, config, { database, buckets })
  const notes = options.rules
    ? await addRules(files, paths, { ours, layout, cloud, project, bucket: buckets[0] })
    : [`The rules were left alone (--no-rules). How to merge them: ${PAGE}#rules`]
  for (const bucket of bucketsWithoutRules(config, buckets, project.id)) {
    notes.push(
      `The Firebase CLI deploys the Storage rules to the default bucket only. If ${bucket} is another one, make "storage" in firebase.json a list with { "bucket": "${bucket}", "rules": "${paths.storageRules[0]}" }.`,
    )
  }
  if (otherDatabases.length > 0) {
    notes.push(`Merge the indexes of each database yourself: ${[database, ...otherDatabases].join(', ')}.`)
  } else notes.push(...addIndexes(files, paths.indexes, ours, layout))
  addEmulators(files, config)
  notes.push(...addLocalRun(files, codebase, ours))
  return { project, codebase, notes }
}

/** Merges the indexes and TTL policies, and returns what the user should know. */
function addIndexes(
  files: ProjectFiles,
  path: string,
  { indexes }: PackageFiles,
  { imagesCollections }: Layout,
): string[] {
  const merged = mergeIndexes(path, files.read(path), indexes, imagesCollections)
  files.write(path, merged.text)
  return merged.kept.map(
    (field) => `${path}: your own settings of the field ${field} were kept. Firesight needs no index for it.`,
  )
}

/** Adds the settings to the `.env` files, and returns the buckets. */
async function addSettings(
  files: ProjectFiles,
  { kind, environments }: Codebase,
  { region, bucket, imagesCollection }: InitOptions,
  context: { project: Project; cloud: Cloud; ask: Ask | undefined },
): Promise<string[]> {
  const { project, cloud } = context
  const regionName = kind === 'kit' ? 'FUNCTION_DEFAULT_REGION' : 'FUNCTIONS_REGION'
  const buckets: string[] = []
  for (const folder of environments) {
    const present = readEnvironment(files, folder, project)
    refuseOther(folder, present, {
      [regionName]: region,
      UPLOAD_BUCKET: bucket,
      IMAGES_COLLECTION: imagesCollection,
    })
    const uploads = present.UPLOAD_BUCKET || bucket || (await findBucket(project, cloud))
    if (uploads) buckets.push(uploads)
    addToEnvironment(files, folder, project, {
      [regionName]: present[regionName] ?? (await findRegion(region, uploads, context)),
      ...(uploads && { UPLOAD_BUCKET: uploads }),
      ...DEFAULTS,
      ...(imagesCollection && { IMAGES_COLLECTION: imagesCollection }),
    })
  }
  return buckets
}

/** @throws InitRefused if an option has another value than the `.env` file, which wins */
function refuseOther(
  folder: string,
  present: Record<string, string>,
  options: Record<string, string | undefined>,
): void {
  const problems = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || present[name] === undefined || present[name] === value
      ? []
      : [
          `${folder}/ sets ${name}=${present[name]}, but the option says ${value}. Change the .env file, or omit the option.`,
        ],
  )
  if (problems.length > 0) throw new InitRefused(problems)
}

/**
 * Merges the rules of both files.
 * @throws InitRefused with the problems of both
 */
async function addRules(
  files: ProjectFiles,
  paths: RulesFiles,
  context: { ours: PackageFiles; layout: Layout; cloud: Cloud; project: Project; bucket: string | undefined },
): Promise<string[]> {
  const { ours, layout, bucket } = context
  const both: { kind: RulesKind; file: string; text: string; release: string | undefined }[] = [
    { kind: FIRESTORE, file: paths.firestoreRules, text: ours.firestoreRules, release: 'cloud.firestore' },
    ...paths.storageRules.map((file) => ({
      kind: STORAGE,
      file,
      text: ours.storageRules,
      release: bucket && `firebase.storage/${bucket}`,
    })),
  ]
  const notes: string[] = []
  const problems: string[] = []
  for (const { kind, file, text, release } of both) {
    const base = await baseOf(files, file, release, context)
    if (base.note) notes.push(base.note)
    const merged = mergeRules(base.text, text, kind, layout)
    if ('text' in merged) files.write(file, merged.text)
    else problems.push(...explainObstacle(base.source, merged.obstacle))
  }
  if (problems.length > 0) throw new InitRefused(problems)
  return notes
}

/** The existing rules: the file, or else those that are active in the project, which a deployment replaces. */
async function baseOf(
  files: ProjectFiles,
  file: string,
  release: string | undefined,
  { cloud, project }: { cloud: Cloud; project: Project },
): Promise<{ text: string | undefined; source: string; note?: string }> {
  const text = files.read(file)
  if (text !== undefined || isDemo(project)) return { text, source: file }
  const { value, problem } = await tryRead(async () => (release ? cloud.activeRules(release) : undefined))
  if (value !== undefined) {
    const note = `${file} did not exist. It starts with the rules that are active in ${project.id}.`
    return { text: value, source: `the active rules of ${project.id} (${release})`, note }
  }
  if (!problem && release) return { text, source: file }
  const note = `${file} did not exist, and the active rules of ${project.id} could not be read. A deployment replaces them: copy them from the console into the file first, and run the command again.`
  return { text, source: file, note }
}

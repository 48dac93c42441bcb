import type { Layout } from '../rules/areas.ts'
import { addRules } from './add-rules.ts'
import type { Cloud } from './cloud.ts'
import { type Codebase, createCodebase, findCodebase } from './codebase.ts'
import { type Project, readEnvironment } from './environment-file.ts'
import type { ProjectFiles } from './files.ts'
import { addEmulators, readFirebaseJson } from './firebase-json.ts'
import { mergeIndexes } from './indexes.ts'
import { addLocalRun } from './local-run.ts'
import { findBucket, isDemo } from './location.ts'
import type { PackageFiles } from './package-files.ts'
import { InitRefused } from './problems.ts'
import { type Ask, findProject, readTargets } from './project.ts'
import { DEFAULT_DATABASE, firestoreFiles, storageFiles } from './rules-files.ts'
import { addSettings, checkOptions, DEFAULTS, type SettingOptions } from './settings.ts'

export type InitOptions = SettingOptions & {
  project?: string | undefined
  /** False: the rules are left to the user. */
  rules: boolean
}

export type Surroundings = {
  package: PackageFiles
  cloud: (project: string) => Cloud
  ask: Ask | undefined
}

/** What the user should know after the changes, which are in the files. `needsKey`: for the Gemini API. */
export type Plan = { project: Project; codebase: Codebase; needsKey: boolean; notes: string[] }

const PAGE = 'https://github.com/firesight-dev/firesight/blob/main/docs/existing-projects.md'

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
    if (options.rules) {
      const results = values('OUTPUT_BUCKET', '').filter(Boolean)
      const defaultBucket = await findBucket(project, cloud)
      const standard =
        defaultBucket && !isDemo(project)
          ? [defaultBucket]
          : [`${project.id}.firebasestorage.app`, `${project.id}.appspot.com`]
      const wanted = [...new Set([...uploads, ...results])]
      const storage = storageFiles(files, { wanted, standard }, targets)
      const context = { ours, layout, cloud, project }
      notes.push(...(await addRules(files, { file: firestore.rules(), database }, storage, context)))
    }
    notes.push(...addIndexes(files, firestore.indexes(), ours, layout))
  } else if (options.rules) {
    throw new InitRefused([
      `The instances use several databases (${databases.join(', ')}). Use --no-rules, and merge rules and indexes yourself.`,
    ])
  } else {
    notes.push(`Merge the indexes of each database yourself: ${databases.join(', ')}.`)
  }
  if (!options.rules) notes.push(`The rules were left alone (--no-rules). How to merge them: ${PAGE}#rules`)
  addEmulators(files, config)
  notes.push(...addLocalRun(files, codebase, ours))
  const needsKey = values('GEMINI_PROVIDER', DEFAULTS.GEMINI_PROVIDER).some((name) => name !== 'vertex-ai')
  return { project, codebase, needsKey, notes }
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

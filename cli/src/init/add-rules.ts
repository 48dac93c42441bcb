import type { Layout } from '../rules/areas.ts'
import { FIRESTORE, type RulesKind, STORAGE } from '../rules/block.ts'
import { mergeRules } from '../rules/merge.ts'
import { type Cloud, tryRead } from './cloud.ts'
import type { Project } from './environment-file.ts'
import { explainObstacle } from './explain.ts'
import type { ProjectFiles } from './files.ts'
import { isDemo } from './location.ts'
import type { PackageFiles } from './package-files.ts'
import { DEFAULT_DATABASE, howToList, type StorageFiles } from './rules-files.ts'
import type { Rules } from './shared-collections.ts'

export type RulesContext = { ours: PackageFiles; layout: Layout; cloud: Cloud; project: Project }

/** The problems of all files, and what the user should know. `firestoreBase`: the database's rules until now. */
export type AddedRules = { problems: string[]; notes: string[]; firestoreBase: Base }

/** Merges the rules of a database and of the buckets, if there is no problem. */
export async function addRules(
  files: ProjectFiles,
  firestore: { file: string; database: string },
  storage: StorageFiles,
  context: RulesContext,
): Promise<AddedRules> {
  const notes: string[] = []
  const problems: string[] = []
  const add = async (kind: RulesKind, file: string, ours: string, base: Base) => {
    if (base.note) notes.push(base.note)
    const merged = mergeRules(base.text, ours, kind, context.layout)
    if ('text' in merged) files.write(file, merged.text)
    else problems.push(...explainObstacle(base.source, merged.obstacle))
  }
  const firestoreBase = await databaseRules(files, firestore, context)
  await add(FIRESTORE, firestore.file, context.ours.firestoreRules, firestoreBase)
  for (const { file, buckets } of storage.files) {
    const [bucket] = buckets
    const base = await baseOf(files, file, bucket && releaseOf(bucket), context)
    await add(STORAGE, file, context.ours.storageRules, base)
  }
  for (const bucket of storage.others) {
    problems.push(...(await problemsOfOther(bucket, context)))
    notes.push(
      `The Firebase CLI deploys the rules of ${storage.files[0]?.file} to the default bucket only. If ${bucket} is another one, make "storage" in firebase.json a list. ${howToList(bucket)}`,
    )
  }
  return { problems, notes, firestoreBase }
}

/** The rules of a database before any change. */
export function databaseRules(
  files: ProjectFiles,
  { file, database }: { file: string; database: string },
  context: Pick<RulesContext, 'cloud' | 'project'>,
): Promise<Base> {
  const release = database === DEFAULT_DATABASE ? 'cloud.firestore' : `cloud.firestore/${database}`
  return baseOf(files, file, release, context)
}

const releaseOf = (bucket: string) => `firebase.storage/${bucket}`

const sourceOf = ({ id }: Project, release: string) => `the active rules of ${id} (${release})`

/** The problems of the active rules of a bucket to which no file of the project is deployed. */
async function problemsOfOther(
  bucket: string,
  { ours, layout, cloud, project }: RulesContext,
): Promise<string[]> {
  if (isDemo(project)) return []
  const { value } = await tryRead(() => cloud.activeRules(releaseOf(bucket)))
  if (value === undefined) return []
  const merged = mergeRules(value, ours.storageRules, STORAGE, layout)
  if ('text' in merged) return []
  return explainObstacle(sourceOf(project, releaseOf(bucket)), merged.obstacle).map(
    (problem) =>
      `${problem}\nNo file of ${project.id} has the rules of ${bucket}: deploy other rules, or list the bucket. ${howToList(bucket)}`,
  )
}

type Base = Rules & { note?: string }

/** The existing rules: the file, or else those that are active in the project, which a deployment replaces. */
async function baseOf(
  files: ProjectFiles,
  file: string,
  release: string | undefined,
  { cloud, project }: Pick<RulesContext, 'cloud' | 'project'>,
): Promise<Base> {
  const text = files.read(file)
  if (text !== undefined || isDemo(project)) return { text, source: file }
  const { value, problem } = await tryRead(async () => (release ? cloud.activeRules(release) : undefined))
  if (value !== undefined) {
    const note = `${file} did not exist. It starts with the rules that are active in ${project.id}.`
    return { text: value, source: sourceOf(project, release ?? ''), note }
  }
  if (!problem && release) return { text, source: file }
  const note = `${file} did not exist, and the active rules of ${project.id} could not be read. A deployment replaces them: copy them from the console into the file first, and run the command again.`
  return { text, source: file, note }
}

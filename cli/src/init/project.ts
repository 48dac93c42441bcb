import { z } from 'zod'
import type { Project } from './environment-file.ts'
import type { ProjectFiles } from './files.ts'
import { readJson } from './json.ts'
import { InitRefused } from './problems.ts'

/** Questions to the user. Undefined: there is no terminal, or --yes. */
export type Ask = {
  input(question: string, suggestion?: string): Promise<string>
  confirm(question: string): Promise<boolean>
}

const firebaserc = z.looseObject({
  projects: z.record(z.string(), z.string()).default({}),
  // By project, kind of resource, and name of the target.
  targets: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.array(z.string())))).default({}),
})
const FIREBASERC = '.firebaserc'

/** @throws InitRefused if the file is not valid */
function readFirebaserc(files: ProjectFiles): z.output<typeof firebaserc> {
  const result = firebaserc.safeParse(readJson(FIREBASERC, files.read(FIREBASERC)))
  if (result.success) return result.data
  throw new InitRefused([`Cannot use ${FIREBASERC}: ${z.prettifyError(result.error)}`])
}

/** The buckets and databases for which the deploy targets of a project stand. */
export type Targets = Record<'firestore' | 'storage', Record<string, string[]>>

/** @throws InitRefused if .firebaserc is not valid */
export function readTargets(files: ProjectFiles, { id }: Project): Targets {
  return { firestore: {}, storage: {}, ...readFirebaserc(files).targets[id] }
}

/**
 * The project of `--project` (id or alias), of .firebaserc, or of an answer.
 * @throws InitRefused if there is none
 */
export async function findProject(
  files: ProjectFiles,
  wanted: string | undefined,
  ask: Ask | undefined,
): Promise<Project> {
  const { projects } = readFirebaserc(files)
  const name =
    wanted ?? (projects.default ? 'default' : undefined) ?? (await ask?.input('Firebase project id'))
  if (!name) {
    throw new InitRefused([
      'Cannot find the Firebase project: .firebaserc has no default. Use --project <id>, or run firebase use <id> first.',
    ])
  }
  const id = projects[name] ?? name
  if (!/^[a-z][a-z0-9-]{3,29}$/.test(id)) throw new InitRefused([`"${id}" is not a Firebase project id.`])
  const alias = projects[name] ? name : Object.keys(projects).find((key) => projects[key] === id)
  return { id, alias }
}

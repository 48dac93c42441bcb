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

const firebaserc = z.looseObject({ projects: z.record(z.string(), z.string()).default({}) })

/**
 * The project of `--project` (id or alias), of .firebaserc, or of an answer.
 * @throws InitRefused if there is none
 */
export async function findProject(
  files: ProjectFiles,
  wanted: string | undefined,
  ask: Ask | undefined,
): Promise<Project> {
  const { projects } = firebaserc.parse(readJson('.firebaserc', files.read('.firebaserc')))
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

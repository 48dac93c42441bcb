import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { styleText } from 'node:util'
import { googleOf } from '../../../tools/doctor/google.ts'
import { cloudOf } from './cloud.ts'
import { type Change, ProjectFiles } from './files.ts'
import { FIREBASE_JSON } from './firebase-json.ts'
import { nextSteps } from './next-steps.ts'
import { readPackageFiles } from './package-files.ts'
import { type InitOptions, type Plan, planInit, type Surroundings } from './plan.ts'
import { InitRefused } from './problems.ts'
import type { Ask } from './project.ts'
import { applyChanges, applyUndo, patchOf, planUndo } from './record.ts'

export type CommandOptions = InitOptions & { yes: boolean; dryRun: boolean; undo: boolean }

export type Output = (line: string) => void

/**
 * Runs `firesight init` in a folder: plans, shows the diff, asks, and writes.
 * @returns whether the files were changed, or already had all changes
 * @throws InitRefused with the problems to fix
 */
export async function runInit(
  folder: string,
  options: CommandOptions,
  { ask, print, cloud }: { ask: Ask | undefined; print: Output; cloud?: Surroundings['cloud'] },
): Promise<boolean> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InitRefused([`The folder ${folder} does not exist.`])
  if (!options.yes && !options.dryRun && !ask) {
    throw new InitRefused([
      'There is no terminal for questions. Use --yes to accept the changes, or --dry-run to see them.',
    ])
  }
  refuseSubfolder(folder)
  if (options.undo) return runUndo(folder, options, { ask, print })
  const files = new ProjectFiles(folder)
  const plan = await planInit(files, options, {
    package: readPackageFiles(),
    cloud: cloud ?? ((project) => cloudOf(googleOf(project, process.env))),
    ask: options.yes ? undefined : ask,
  })
  const changes = files.changes()
  for (const change of changes) printChange(change, print)
  if (changes.length === 0) print(`Firesight is set up for ${plan.project.id}. Nothing to change.`)
  for (const note of plan.notes) print(`Note: ${note}`)
  if (changes.length === 0) return true
  if (plan.notes.length > 0) print('')
  if (!(await mayWrite('Write these changes?', options, { ask, print }))) return false
  applyChanges(folder, changes)
  printSummary(plan, changes, print)
  return true
}

/** @throws InitRefused in a folder of a Firebase project that is not its root */
function refuseSubfolder(folder: string): void {
  if (existsSync(join(folder, FIREBASE_JSON))) return
  for (let parent = dirname(folder); parent !== dirname(parent); parent = dirname(parent)) {
    if (existsSync(join(parent, FIREBASE_JSON))) {
      throw new InitRefused([`${folder} has no ${FIREBASE_JSON}, but ${parent} has. Run the command there.`])
    }
  }
}

async function runUndo(
  folder: string,
  options: CommandOptions,
  { ask, print }: { ask: Ask | undefined; print: Output },
): Promise<boolean> {
  const changes = planUndo(folder)
  for (const { path, before, after } of changes) {
    if (after === undefined) print(styleText('red', `delete ${path}`))
    else printPatch(patchOf(path, before, after), print)
  }
  if (!(await mayWrite('Undo these changes?', options, { ask, print }))) return false
  applyUndo(folder, changes)
  print(`Undone: ${changes.length} ${changes.length === 1 ? 'file' : 'files'} as before firesight init.`)
  return true
}

async function mayWrite(
  question: string,
  { yes, dryRun }: CommandOptions,
  { ask, print }: { ask: Ask | undefined; print: Output },
): Promise<boolean> {
  if (dryRun) print('Dry run: no file was changed.')
  if (dryRun || yes) return !dryRun
  if (await ask?.confirm(question)) return true
  print('No file was changed.')
  return false
}

function printChange({ path, before, after }: Change, print: Output): void {
  if (before === undefined) {
    print(styleText('bold', `create ${path}`))
    for (const line of after.trimEnd().split('\n')) print(styleText('green', `+${line}`))
  } else {
    printPatch(patchOf(path, before, after), print)
  }
  print('')
}

function printPatch(patch: string, print: Output): void {
  // The first line is only a rule.
  for (const line of patch.trimEnd().split('\n').slice(1)) {
    if (/^(?:---|\+\+\+) /.test(line)) print(styleText('bold', line.trimEnd()))
    else if (line.startsWith('+')) print(styleText('green', line))
    else print(line.startsWith('-') ? styleText('red', line) : line)
  }
}

function printSummary(plan: Plan, changes: Change[], print: Output): void {
  const created = changes.filter(({ before }) => before === undefined).length
  print(
    `Created ${created} and changed ${changes.length - created} files. npx firesight init --undo restores them.`,
  )
  print('\nNext steps:')
  for (const [index, step] of nextSteps(plan).entries())
    print(`  ${index + 1}. ${step.replaceAll('\n', '\n     ')}`)
  print('\nThe deployment asks whether all your apps use App Check, and writes the answer to the .env file.')
}

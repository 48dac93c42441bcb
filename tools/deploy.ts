// `npm run deploy`: checks a project, then deploys rules, indexes, functions and the page. docs/deploy.md
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { deploy } from './deploy/deploy.ts'
import { CommandFailed, runProgram } from './deploy/run.ts'
import { PARTS, type Part } from './deploy/steps.ts'
import { readDeclarations } from './doctor/exports.ts'
import { CannotCheck } from './doctor/finding.ts'
import { googleOf } from './doctor/google.ts'
import { findTarget, NoTarget } from './doctor/target.ts'
import { root } from './paths.ts'

const HELP = `Usage: npm run deploy -- --project <id> [options]

Checks a project, then deploys rules, indexes, functions and the page. If a check finds a problem, nothing is
deployed. Missing APIs are enabled during the checks, because other checks need them; with --dry-run they are not.
docs/deploy.md explains the first deployment.

  --project <id>                   project id or alias (default: from .firebaserc or gcloud)
  --dry-run                        print the checks and the steps, and change nothing
  --only <parts>                   some of ${PARTS.join(',')} (default: all)
  --firestore-location <location>  where to create the Firestore database, if there is none
  --replace-rules                  replace rules of the project that are not from this repository (never
                                   those that firesight init merged)
  --non-interactive                ask nothing (default without a terminal, or if CI is set)
  --parameters <folder>            folder of the .env files (default: functions)
  --help                           show this help

It uses application default credentials (gcloud auth application-default login, or
GOOGLE_APPLICATION_CREDENTIALS), and the Firebase CLI uses them too unless you are logged in there.

Exit codes: 0 deployed, 1 there are problems to fix or a step failed, 2 wrong usage.`

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      project: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      only: { type: 'string', default: PARTS.join(',') },
      'firestore-location': { type: 'string' },
      'replace-rules': { type: 'boolean', default: false },
      'non-interactive': { type: 'boolean', default: !process.stdin.isTTY || Boolean(process.env.CI) },
      parameters: { type: 'string', default: relative(process.cwd(), join(root, 'functions')) },
      help: { type: 'boolean', default: false },
    },
  })
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const folder = options.parameters
  if (!existsSync(folder)) throw new NoTarget(`The folder ${folder} does not exist`)
  const target = await findTarget(options.project, process.env, join(root, '.firebaserc'))
  if (target.kind === 'emulators')
    throw new NoTarget('Addresses of emulators are set. Unset them to deploy to a project.')
  const done = await deploy(googleOf(target.project, process.env), runProgram, {
    folder,
    alias: target.alias,
    declarations: readDeclarations,
    parts: partsOf(options.only),
    dryRun: options['dry-run'],
    firestoreLocation: options['firestore-location'],
    replaceRules: options['replace-rules'],
    interactive: !options['non-interactive'],
    output: process.stdout,
  })
  return done ? 0 : 1
}

/** @throws NoTarget */
function partsOf(text: string): Part[] {
  const names = text.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !PARTS.some((part) => part === name))
  if (wrong !== undefined) throw new NoTarget(`--only has ${wrong}: expected some of ${PARTS.join(', ')}`)
  return PARTS.filter((part) => names.includes(part))
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (error instanceof CannotCheck || error instanceof CommandFailed) {
    console.error(error.message)
    if (error instanceof CannotCheck && error.command) console.error(`$ ${error.command}`)
    process.exitCode = 1
  } else if (isUsage || error instanceof NoTarget) {
    console.error((error as Error).message)
    process.exitCode = 2
  } else throw error
}

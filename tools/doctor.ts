// `npm run doctor`: looks at a deployed project, or at the emulators, and says what to mend.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { projectChecks } from './doctor/checks.ts'
import { emulatorChecks } from './doctor/emulated/checks.ts'
import { exportedFunctions } from './doctor/exports.ts'
import { examine, exitCodeOf, type Finding } from './doctor/finding.ts'
import { googleOf } from './doctor/google.ts'
import { readParameterFiles } from './doctor/parameter-files.ts'
import { checkParameters } from './doctor/parameters.ts'
import { printReport } from './doctor/report.ts'
import { findTarget, NoTarget, type Target } from './doctor/target.ts'
import { root } from './paths.ts'

const HELP = `npm run doctor -- [options]: looks at a deployed project, or at the emulators, and says what to mend

  --project <id>         which project; else that of .firebaserc, GOOGLE_CLOUD_PROJECT or gcloud
  --parameters <folder>  where the .env files are (default functions)
  --no-ask               asks the model no question: each run's costs some hundred tokens
  --json                 for machines
  --help

With FIREBASE_EMULATOR_HUB or an emulator's host set, as inside npm run emulators:exec -- "npm run doctor", the emulators are
looked at, else the project, with application default credentials.
Ends with 0 when all is well, 1 when there is something to mend, 2 when something could not be looked at.`

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    allowNegative: true,
    options: {
      project: { type: 'string' },
      parameters: { type: 'string', default: relative(process.cwd(), join(root, 'functions')) },
      ask: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const target = await findTarget(options.project, process.env, join(root, '.firebaserc'))
  if (!existsSync(options.parameters)) throw new NoTarget(`There is no folder ${options.parameters}`)
  const findings = await look(target, options.parameters, options.ask)
  if (options.json) console.log(JSON.stringify({ ...described(target), findings }, null, 2))
  else printReport(titleOf(target), findings, process.stdout)
  return exitCodeOf(findings)
}

async function look(target: Target, folder: string, ask: boolean): Promise<Finding[]> {
  const emulated = target.kind === 'emulators'
  const alias = target.kind === 'project' ? target.alias : undefined
  const files = readParameterFiles(folder, { project: target.project, alias, emulated })
  if ('unreadable' in files) return [{ check: 'parameters', ...files.unreadable }]
  const parameters = checkParameters(files, folder)
  const options = { exports: exportedFunctions(), values: files.values, ask, today: new Date() }
  const checks = emulated
    ? emulatorChecks(target, parameters, options)
    : await projectChecks(googleOf(target.project, process.env), parameters, options)
  return (await Promise.all(checks.map(examine))).flat()
}

const titleOf = ({ kind, project }: Target) =>
  `Firesight in ${kind === 'emulators' ? 'the emulators, ' : ''}${project}`

function described({ kind, project }: Target): { target: Target['kind']; project: string } {
  return { target: kind, project }
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (!isUsage && !(error instanceof NoTarget)) throw error
  console.error((error as Error).message)
  process.exitCode = 2
}

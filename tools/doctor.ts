// `npm run doctor`: checks a deployed project or the emulators, and prints how to fix problems.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { projectChecks } from './doctor/checks.ts'
import { emulatorChecks } from './doctor/emulated/checks.ts'
import { exportedFunctions } from './doctor/exports.ts'
import { exitCodeOf, type Finding, runCheck } from './doctor/finding.ts'
import { googleOf } from './doctor/google.ts'
import { readParameterFiles } from './doctor/parameter-files.ts'
import { checkParameters } from './doctor/parameters.ts'
import { printReport } from './doctor/report.ts'
import { findTarget, NoTarget, type Target } from './doctor/target.ts'
import { root } from './paths.ts'

const HELP = `Usage: npm run doctor -- [options]

Checks a deployed project or the emulators, and prints how to fix problems.

  --project <id>         project id or alias (default: from .firebaserc, GOOGLE_CLOUD_PROJECT or gcloud)
  --parameters <folder>  folder of the .env files (default: functions)
  --no-ask               do not send a test question to the model, which costs a few hundred tokens
  --json                 print JSON
  --help                 show this help

If FIREBASE_EMULATOR_HUB or the host of an emulator is set, as in npm run emulators:exec -- "npm run doctor",
the doctor checks the emulators. Otherwise it checks the project, with application default credentials.

Exit codes: 0 all checks passed, 1 there are problems to fix, 2 some checks could not run.`

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
  if (!existsSync(options.parameters)) throw new NoTarget(`The folder ${options.parameters} does not exist`)
  const findings = await runChecks(target, options.parameters, options.ask)
  if (options.json) console.log(JSON.stringify({ ...described(target), findings }, null, 2))
  else printReport(titleOf(target), findings, process.stdout)
  return exitCodeOf(findings)
}

async function runChecks(target: Target, folder: string, ask: boolean): Promise<Finding[]> {
  const emulated = target.kind === 'emulators'
  const alias = target.kind === 'project' ? target.alias : undefined
  const files = readParameterFiles(folder, { project: target.project, alias, emulated })
  if ('unreadable' in files) return [{ check: 'parameters', ...files.unreadable }]
  const parameters = checkParameters(files, folder)
  const options = { exports: exportedFunctions(), values: files.values, ask, today: new Date() }
  const checks = emulated
    ? emulatorChecks(target, parameters, options)
    : await projectChecks(googleOf(target.project, process.env), parameters, options)
  return (await Promise.all(checks.map(runCheck))).flat()
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

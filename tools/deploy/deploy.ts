import { CannotCheck } from '../doctor/finding.ts'
import { listFunctions } from '../doctor/functions.ts'
import type { Google } from '../doctor/google.ts'
import { printReport } from '../doctor/report.ts'
import { type Inspected, inspect, type Options } from './inspect.ts'
import type { Step } from './inspection.ts'
import type { Run } from './run.ts'
import { actAsStep } from './service-account.ts'
import { buildStep, deploySteps, pageStep } from './steps.ts'
import { readSite } from './web-app.ts'

export type DeployOptions = Omit<Options, 'enableApis'> & { dryRun: boolean; output: NodeJS.WriteStream }

/**
 * Checks the project, prints the findings and the steps, and makes the steps.
 * @returns whether there were no problems
 * @throws CannotCheck or CommandFailed if a step fails; the steps before it stay done
 */
export async function deploy(google: Google, run: Run, options: DeployOptions): Promise<boolean> {
  const { project } = google
  const { dryRun, output } = options
  const inspected = await inspect(google, run, { ...options, enableApis: !dryRun })
  const { inspection } = inspected
  printReport(`Deployment to ${project}`, inspection.findings, output)
  const write = (line: string) => output.write(`${line}\n`)
  if (inspection.isBlocked()) {
    write('\nNothing was deployed. Fix the problems above, then run the command again.')
    return false
  }
  const steps = stepsOf(google, run, options, inspected)
  write(dryRun ? '\nThe deployment would take these steps:' : '\nSteps:')
  for (const [index, { name, does }] of steps.entries())
    write(`${String(index + 1).padStart(3)}. ${name}: ${does}`)
  if (dryRun) {
    write('\nThis was a dry run: nothing was changed.')
    return true
  }
  for (const [index, step] of steps.entries()) {
    write(`\n${index + 1} of ${steps.length}: ${step.name}`)
    await step.run()
  }
  write(
    `\nDeployed. Check it:\n  npm run doctor -- --project ${project}\n  npm run smoke -- --project ${project}`,
  )
  return true
}

/** All steps, in their order. The build is first, so that an error in the code changes nothing. */
function stepsOf(google: Google, run: Run, options: DeployOptions, inspected: Inspected): Step[] {
  const { parts, interactive, folder } = options
  const { inspection, database, buckets, files, page } = inspected
  const config = { database, buckets, folder, files }
  const builds = parts.includes('functions') || parts.includes('hosting')
  const deployments = deploySteps(run, parts, { project: google.project, config, interactive, page })
  const account = async () =>
    (await listFunctions(google)).items
      .filter(({ labels }) => labels['firebase-functions-codebase'] === 'firesight')
      .map(({ serviceConfig }) => serviceConfig?.serviceAccountEmail)
      .find(Boolean)
  return [
    ...(builds ? [buildStep(run, parts, { page })] : []),
    ...inspection.steps,
    ...deployments.flatMap((step) =>
      step.name === 'functions' ? [step, actAsStep(google, account)] : [step],
    ),
    ...(parts.includes('hosting') ? [pageStep(() => siteUrl(google))] : []),
  ]
}

async function siteUrl(google: Google): Promise<string> {
  const site = await readSite(google)
  if (!site) throw new CannotCheck('the project has no Hosting site')
  return site.defaultUrl
}

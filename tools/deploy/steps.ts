import { z } from 'zod'
import { CannotCheck } from '../doctor/finding.ts'
import { readJson } from '../doctor/read-json.ts'
import { type ConfigOptions, withDeployConfig } from './deploy-config.ts'
import type { Step } from './inspection.ts'
import type { Run } from './run.ts'

export const PARTS = ['rules', 'indexes', 'functions', 'hosting'] as const

export type Part = (typeof PARTS)[number]

export type StepOptions = {
  project: string
  config: ConfigOptions
  interactive: boolean
  /** Environment variables of the page's build. */
  page: Record<string, string>
}

/**
 * The build. It runs before anything is changed, so that an error in the code changes nothing.
 */
export function buildStep(run: Run, parts: Part[], { page }: Pick<StepOptions, 'page'>): Step {
  const settings = Object.keys(page).length > 0 ? ` (${Object.keys(page).join(', ')})` : ''
  const targets = [
    parts.includes('functions') && 'the functions',
    parts.includes('hosting') && `the page${settings}`,
  ]
  return {
    name: 'build',
    does: `checks the types, and builds ${targets.filter(Boolean).join(' and ') || 'nothing'}`,
    run: async () => {
      if (parts.includes('functions')) await run('npm', ['run', 'build'])
      if (parts.includes('hosting')) await run('npm', ['run', 'build', '--workspace', 'web'], page)
    },
  }
}

/** The deployments of the Firebase CLI, one for each part. */
export function deploySteps(run: Run, parts: Part[], options: StepOptions): Step[] {
  const { project, config, interactive } = options
  const deploy = (only: string, flags: string[], environment?: Record<string, string>) =>
    withDeployConfig(config, (file) =>
      run(
        'firebase',
        ['deploy', '--only', only, '--project', project, '--config', file, ...flags],
        environment,
      ),
    )
  const quiet = ['--non-interactive']
  const all: Record<Part, Step> = {
    rules: {
      name: 'rules',
      does: `releases the rules to the database ${config.database} and to ${config.buckets.join(', ')}`,
      run: () => deploy('firestore:rules,storage', quiet),
    },
    // Without --force and a terminal, the CLI keeps indexes and TTL policies that are not in our file
    // (lib/firestore/api.js of firebase-tools 15.34.2).
    indexes: {
      name: 'indexes',
      does: 'creates missing indexes and TTL policies; deletes none',
      run: () => deploy('firestore:indexes', quiet),
    },
    // Without a terminal, functions with a retry policy, a new service account and a cleanup policy for
    // images need --force (lib/deploy/functions/prompts.js). It never goes to the other parts.
    functions: {
      name: 'functions',
      does: interactive
        ? 'deploys the functions; firebase-tools asks'
        : 'deploys the functions without questions (--force)',
      run: () => deploy('functions:firesight', interactive ? [] : [...quiet, '--force']),
    },
    hosting: { name: 'hosting', does: 'deploys the page', run: () => deploy('hosting', quiet) },
  }
  return PARTS.filter((part) => parts.includes(part)).map((part) => all[part])
}

// https://firebase.google.com/docs/hosting/reserved-urls, read 2026-11-30
const initJson = z.looseObject({ projectId: z.string(), apiKey: z.string(), appId: z.string() })

/** Checks that the deployed page finds its configuration, which needs a linked web app. */
export function pageStep(url: () => Promise<string>): Step {
  return {
    name: 'page',
    does: 'checks that the page finds the configuration of its web app',
    run: async () => {
      const address = `${await url()}/__/firebase/init.json`
      const found = await readJson(address, initJson)
      if (!found) throw new CannotCheck(`${address} does not exist: link the web app to the Hosting site`)
    },
  }
}

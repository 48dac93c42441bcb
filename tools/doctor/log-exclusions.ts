import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from '../paths.ts'
import { CannotCheck, type Finding } from './finding.ts'
import type { Google } from './google.ts'

// https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks, read 2026-11-30
const sink = z.looseObject({
  disabled: z.boolean().default(false),
  exclusions: z
    .array(z.looseObject({ name: z.string(), filter: z.string(), disabled: z.boolean().default(false) }))
    .default([]),
})

export type LogExclusion = { name: string; filter: string }

/** The exclusions of monitoring/log-exclusions.txt, as log-exclusions.sh creates them. */
export function wantedExclusions(): LogExclusion[] {
  const lines = readFileSync(join(root, 'monitoring/log-exclusions.txt'), 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [name = '', ...words] = line.split(' ')
    return { name, filter: `resource.type="cloud_run_revision" AND "${words.join(' ')}"` }
  })
}

/** Checks that no log line with data of a request is stored. */
export async function checkLogExclusions(google: Google): Promise<Omit<Finding, 'check'>[]> {
  const found = await google.get('logging', `v2/projects/${google.project}/sinks/_Default`, sink)
  if (!found) throw new CannotCheck('the project has no log sink _Default')
  if (found.disabled) return [{ state: 'ok', found: 'the sink _Default is disabled and stores no lines' }]
  const wanted = wantedExclusions()
  const problems = wanted.flatMap(({ name, filter }) => {
    const exclusion = found.exclusions.find((one) => one.name === name)
    if (!exclusion) return `${name} is missing`
    if (exclusion.disabled) return `${name} is disabled`
    return exclusion.filter === filter ? [] : `${name} has another filter`
  })
  if (problems.length === 0) return [{ state: 'ok', found: `${wanted.length} in the sink _Default` }]
  return [
    {
      state: 'problem',
      found: problems.join(', '),
      expected: 'the exclusions of monitoring/log-exclusions.txt: their lines contain data of requests',
      command: `sh monitoring/log-exclusions.sh ${google.project}`,
    },
  ]
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const folder = join(import.meta.dirname, '../../monitoring')
export const filesOf = (name: string) => readdirSync(join(folder, name)).toSorted()
const readText = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')

/* https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics, read 2026-11-27 */
const metricFile = z.strictObject({
  name: z.string().regex(/^firesight\/[a-z_]+$/),
  description: z.string(),
  filter: z.string(),
  valueExtractor: z.string().optional(),
  labelExtractors: z.record(z.string(), z.string()),
  metricDescriptor: z.strictObject({
    metricKind: z.literal('DELTA'),
    valueType: z.enum(['INT64', 'DISTRIBUTION']),
    unit: z.string(),
    labels: z.array(
      z.strictObject({ key: z.string(), valueType: z.literal('STRING'), description: z.string() }),
    ),
  }),
  bucketOptions: z
    .strictObject({
      exponentialBuckets: z.strictObject({
        numFiniteBuckets: z.int(),
        growthFactor: z.number(),
        scale: z.number(),
      }),
    })
    .optional(),
})

const aggregations = z.array(
  z.strictObject({
    alignmentPeriod: z.string(),
    perSeriesAligner: z.string(),
    crossSeriesReducer: z.string(),
  }),
)

/* https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies, read 2026-11-27 */
const policyFile = z.strictObject({
  displayName: z.string(),
  documentation: z.strictObject({
    subject: z.string().max(255),
    mimeType: z.literal('text/markdown'),
    content: z.string().min(100).max(8192),
  }),
  severity: z.enum(['CRITICAL', 'ERROR', 'WARNING']),
  combiner: z.literal('OR'),
  conditions: z
    .array(
      z.strictObject({
        displayName: z.string(),
        conditionThreshold: z
          .strictObject({
            filter: z.string(),
            aggregations,
            denominatorFilter: z.string().optional(),
            denominatorAggregations: aggregations.optional(),
            comparison: z.literal('COMPARISON_GT'),
            thresholdValue: z.number(),
            duration: z.string(),
            trigger: z.strictObject({ count: z.int() }),
          })
          .optional(),
        conditionAbsent: z
          .strictObject({
            filter: z.string(),
            aggregations,
            duration: z.string(),
            trigger: z.strictObject({ count: z.int() }),
          })
          .optional(),
        conditionMatchedLog: z
          .strictObject({ filter: z.string(), labelExtractors: z.record(z.string(), z.string()) })
          .optional(),
      }),
    )
    .length(1),
  alertStrategy: z.strictObject({
    autoClose: z.string(),
    notificationRateLimit: z.strictObject({ period: z.string() }).optional(),
  }),
})

/** monitoring/metrics, read by what Cloud Logging takes. */
export const metrics = filesOf('metrics').map((file) => metricFile.parse(parse(readText('metrics', file))))
/** monitoring/policies, read by what Cloud Monitoring takes. */
export const policies = filesOf('policies').map((file) => ({
  file,
  policy: policyFile.parse(JSON.parse(readText('policies', file))),
}))
/** What the policies select of metrics. */
export const policyFilters = policies.flatMap(({ policy }) =>
  policy.conditions.flatMap(({ conditionThreshold: threshold, conditionAbsent: absent }) => [
    ...(threshold ? [threshold.filter] : []),
    ...(absent ? [absent.filter] : []),
    ...(threshold?.denominatorFilter ? [threshold.denominatorFilter] : []),
  ]),
)
export const dashboardFilters = Array.from(
  readText('dashboard.json').matchAll(/"filter": ("(?:[^"\\]|\\.)*")/g),
  ([, text]) => String(JSON.parse(text ?? '""')),
)

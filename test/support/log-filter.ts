/** A log line of the functions, as Cloud Logging stores it. */
export type LogEntry = { severity: string; message: string; [field: string]: unknown }

/** Whether a line matches a filter of monitoring/: one clause a line, and all must hold. */
export function matches(filter: string, entry: LogEntry): boolean {
  return filter.split('\n').every((clause) => {
    // Functions of the 2nd generation run on Cloud Run.
    if (clause === 'resource.type="cloud_run_revision"') return true
    if (clause === 'severity>=ERROR') return entry.severity === 'ERROR'
    const [, path = '', operator, operand = ''] =
      /^(jsonPayload\.[\w.]+)(=~|=|>=)"?(.*?)"?$/.exec(clause) ?? []
    const value = valueOf(entry, path)
    if (operator === '=~') return typeof value === 'string' && new RegExp(operand).test(value)
    if (operator === '=') return value === operand
    if (operator === '>=') return typeof value === 'number' && value >= Number(operand)
    throw new Error(`This test does not support the clause ${clause}`)
  })
}

/** The value that an extractor of a metric finds in a line; '' if it finds nothing. */
export function extract(extractor: string, entry: LogEntry): unknown {
  const [, path = '', pattern] = /^(?:REGEXP_)?EXTRACT\(([\w.]+)(?:, "(.*)")?\)$/.exec(extractor) ?? []
  const value = valueOf(entry, path) ?? ''
  if (pattern === undefined) return value
  return typeof value === 'string' ? (new RegExp(pattern).exec(value)?.[1] ?? '') : ''
}

/** The labels of a line by their extractors. */
export function labelsOf(extractors: Record<string, string>, entry: LogEntry): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(extractors).map(([label, found]) => [label, extract(found, entry)]),
  )
}

/** A field by its name in Cloud Logging: `jsonPayload.timingsMs.total`. */
function valueOf(entry: LogEntry, path: string): unknown {
  const keys = path.replace(/^jsonPayload\./, '').split('.')
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], entry)
}

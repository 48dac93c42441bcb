/** A line that the functions have written, as Cloud Logging takes it in. */
export type LogEntry = { severity: string; message: string; [field: string]: unknown }

/** Whether a line matches a filter, of Logging's language so much as monitoring/ uses: a clause a line, all of which must hold. */
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
    throw new Error(`No clause that this test knows: ${clause}`)
  })
}

/** What an extractor of a metric finds in a line; one that finds nothing gives the empty text. */
export function extract(extractor: string, entry: LogEntry): unknown {
  const [, path = '', pattern] = /^(?:REGEXP_)?EXTRACT\(([\w.]+)(?:, "(.*)")?\)$/.exec(extractor) ?? []
  const value = valueOf(entry, path) ?? ''
  if (pattern === undefined) return value
  return typeof value === 'string' ? (new RegExp(pattern).exec(value)?.[1] ?? '') : ''
}

/** The labels that extractors give a line. */
export function labelsOf(extractors: Record<string, string>, entry: LogEntry): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(extractors).map(([label, found]) => [label, extract(found, entry)]),
  )
}

/** A field, as Cloud Logging names it: `jsonPayload.timingsMs.total`. */
function valueOf(entry: LogEntry, path: string): unknown {
  const keys = path.replace(/^jsonPayload\./, '').split('.')
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], entry)
}

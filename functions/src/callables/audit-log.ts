import * as logger from 'firebase-functions/logger'
import type { Config } from '../config/config.ts'
import { asVisionError } from '../errors.ts'

type Fields = Record<string, string | number | boolean | null | undefined>

/** What the audit log records of a function's calls. Ids, counts and options only: no names, no texts. */
export type Audit<Request, Result> = {
  request: (request: Request, config: Config) => Fields
  /** How much was done. */
  counts: (result: Result) => Fields
}

/**
 * Runs a call and writes two audit log lines: one before the work, so that a crashed instance leaves a trace,
 * and one with the outcome: `succeeded`, or the error code.
 * @param fields `uid` is the caller
 */
export async function audited<Request, Result>(
  audit: Audit<Request, Result>,
  fields: { function: string; requestId: string; uid: string },
  request: Request,
  config: Config,
  work: () => Promise<Result>,
): Promise<Result> {
  const line = { ...fields, request: audit.request(request, config) }
  writeAuditLine({ ...line, outcome: 'started' })
  try {
    const result = await work()
    writeAuditLine({ ...line, outcome: 'succeeded', counts: audit.counts(result) })
    return result
  } catch (error) {
    writeAuditLine({ ...line, outcome: asVisionError(error)?.code ?? 'internal' })
    throw error
  }
}

function writeAuditLine(fields: object): void {
  logger.write({ severity: 'NOTICE', message: 'audit', audit: true, ...fields })
}

/**
 * The part of a prefix of object names that the audit log may contain: up to the owner's uid. Folders and
 * file names after it may be personal. Text that is no prefix of an upload is omitted.
 */
export function auditablePrefix(prefix: string, uploadPath: string): string {
  const kept: string[] = []
  const segments = prefix.split('/')
  for (const [index, expected] of uploadPath.split('/').entries()) {
    const segment = segments[index]
    if (segment === undefined) break
    if (expected !== '{uid}' && segment !== expected) break
    kept.push(segment)
    if (expected === '{uid}') break
  }
  return kept.join('/')
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../functions/src/config/config.ts'
import type { Expected } from './picture-case.ts'
import type { Report, Task } from './pipeline-trial.ts'
import { type Answer, ORDINARY_ANSWER, type RecordingModel } from './recording-model.ts'
import { sentComplaints } from './sent-picture.ts'
import type { WatchedWorker } from './watched-worker.ts'

/** Limits of one photo. */
export const HANG_MS = 30_000
/** The HEIC decoder may take 10 s of CPU time, which two photos at a time share. */
const HEIC_HANG_MS = 60_000
export const REFUSAL_MS = 100
export const MAX_MEGABYTES = 300
/**
 * HEIC is decoded as a whole (HEIC=decode): 4 bytes per pixel, and the memory of the decoder.
 * docs/reliability.md
 */
export const MAX_HEIC_MEGABYTES = 700

/** Part of the limit above which a photo is measured again, in a new process. */
const CLOSE = 0.6

/** One photo to test. */
export type Subject = {
  name: string
  family: string
  /** The parameter HEIC. */
  heic: Config['heic']
  make: () => Buffer | Promise<Buffer>
  /** The required end. Default: any end with a code. */
  expected?: Expected | undefined
  bomb?: boolean | undefined
  secrets?: readonly string[] | undefined
  fileName?: string | undefined
  contentType?: string | undefined
  parameters?: Record<string, string> | undefined
  /** The answer of the model. Default: that for an ordinary photo. */
  answer?: Answer | undefined
  /** Checks the document and the files. @returns the problems */
  check?: ((report: Report) => string[]) | undefined
}

/** `faults`: the problems found. */
export type Result = Pick<Subject, 'name' | 'family' | 'heic' | 'bomb'> & {
  end: string
  durationMs: number
  megabytes: number | undefined
  faults: string[]
}

/** A process and its own model, so that the requests of concurrent trials are not mixed up. */
export type Lane = { worker: WatchedWorker; model: RecordingModel; folder: string }

/** Valid ends of files without an expectation. */
const VALID_ENDS = new Set([
  'succeeded',
  ...['corrupt-image', 'unsupported-type', 'heic-disabled', 'too-many-pixels', 'bad-dimensions'].map(
    (code) => `rejected/${code}`,
  ),
  ...['empty-file', 'file-too-large'].map((code) => `rejected/${code}`),
])

/**
 * Tests one photo. High measurements are repeated in a new process, because an earlier photo or another
 * program may be the cause.
 */
export async function tryPhoto(subject: Subject, lane: Lane): Promise<Result> {
  const bytes = await subject.make()
  const file = join(lane.folder, 'photo')
  writeFileSync(file, bytes)
  const limit = subject.heic === 'decode' && isHeif(bytes) ? MAX_HEIC_MEGABYTES : MAX_MEGABYTES
  let result = await tryOnce(subject, file, lane)
  for (let again = 0; again < 2 && exceedsLimits(result, limit * (again === 0 ? CLOSE : 1)); again++) {
    lane.worker.stop()
    const next = await tryOnce(subject, file, lane)
    result = {
      ...next,
      durationMs: Math.min(result.durationMs, next.durationMs),
      megabytes: result.megabytes && next.megabytes && Math.min(result.megabytes, next.megabytes),
    }
  }
  const { durationMs, megabytes = 0 } = result
  if (megabytes > limit) result.faults.push(`it took ${Math.round(megabytes)} MB, the limit is ${limit}`)
  if (subject.bomb && durationMs > REFUSAL_MS) {
    result.faults.push(`it was refused after ${Math.round(durationMs)} ms, the limit is ${REFUSAL_MS}`)
  }
  return result
}

function exceedsLimits({ megabytes = 0, durationMs, bomb, faults }: Result, limit: number): boolean {
  return faults.length === 0 && (megabytes > limit || (bomb === true && durationMs > REFUSAL_MS))
}

async function tryOnce(subject: Subject, file: string, { worker, model }: Lane): Promise<Result> {
  const { name, family, heic, bomb, fileName, contentType } = subject
  const about = { name, family, heic, bomb }
  await worker.ready()
  await model.answerWith(subject.answer ?? ORDINARY_ANSWER)
  model.takePictures()
  const parameters = { HEIC: heic, ...subject.parameters }
  const task: Task = { file, fileName, contentType, parameters, geminiUrl: model.url }
  const watched = await worker.run([task], heic === 'decode' ? HEIC_HANG_MS : HANG_MS)
  if (watched.end !== 'reported') {
    const end = watched.end === 'crashed' ? `crashed (${watched.how})` : 'hung'
    return { ...about, end, durationMs: HANG_MS, megabytes: undefined, faults: [`it ${end}`] }
  }
  const report = watched.reports[0]!
  const pictures = model.takePictures()
  return {
    ...about,
    end: endOf(report),
    durationMs: report.durationMs,
    megabytes: watched.megabytes,
    faults: [
      ...report.complaints,
      ...endFaults(report, subject),
      ...pictures.flatMap((picture) => sentComplaints(picture, subject.secrets)),
      ...(report.status === 'rejected' && pictures.length > 0
        ? ['the model was asked although the photo was rejected']
        : []),
      ...(subject.check?.(report) ?? []),
    ],
  }
}

export function endOf({ status, code }: { status?: string | undefined; code?: string | undefined }): string {
  return code === undefined ? String(status) : `${status}/${code}`
}

function endFaults(report: Report, { expected }: Subject): string[] {
  const end = endOf(report)
  if (!expected) return VALID_ENDS.has(end) ? [] : [`it ended as ${end}`]
  return end === endOf(expected) ? [] : [`it ended as ${end} instead of ${endOf(expected)}`]
}

function isHeif(bytes: Buffer): boolean {
  return bytes.toString('latin1', 4, 8) === 'ftyp'
}

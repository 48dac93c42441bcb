import type { AnnotationDocument, Photo } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { OpenCircuit } from '../../functions/src/ports/circuit-store.ts'
import type { Mechanisms } from './mechanisms.ts'
import type { ModelService } from './model-service.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { Violations } from './violations.ts'

/** What a photo shows. `id` is in everything made of it, so that results of different contents differ. */
export type Content = { id: string; kind: 'photo' | 'no-picture' | 'deadly' | 'blocked'; hasPreview: boolean }

export type LiveObject = { generation: string; content: Content; createdAt: number }

/** `shows`: the answer it was made of, or the content of a preview or a thumbnail. */
export type ResultFile = { bytes: Buffer; shows: string; writtenAt: number; version: number }

/**
 * Everything outside the workers, for one object name. The protocol connects no name with another, so each
 * has a world of its own.
 */
export class World {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly mechanisms: Mechanisms
  readonly violations: Violations
  readonly service: ModelService
  object: LiveObject | undefined
  document: AnnotationDocument | undefined
  /** By generation. */
  readonly contents = new Map<string, Content>()
  /** By name, see `resultPaths()`. */
  readonly files = new Map<string, ResultFile>()
  /** The progress of the sweeper's scans, by path. */
  readonly scanProgress = new Map<string, unknown>()
  readonly eventIds = new Set<string>()
  /** Open circuits of the model service, by key. */
  readonly circuits = new Map<string, OpenCircuit>()
  /** How often the steps began anew: the limit of billed requests holds for each beginning. */
  beginnings = 0
  private versions = 0
  private tokens = 0

  constructor(
    scheduler: Scheduler,
    random: Random,
    mechanisms: Mechanisms,
    service: ModelService,
    violations: Violations,
  ) {
    this.scheduler = scheduler
    this.random = random
    this.mechanisms = mechanisms
    this.service = service
    this.violations = violations
  }

  get now(): Date {
    return new Date(this.scheduler.now)
  }

  newToken(): string {
    this.tokens += 1
    return `t${this.tokens}`
  }

  putObject(generation: string, content: Content): void {
    this.object = { generation, content, createdAt: this.scheduler.now }
    this.contents.set(generation, content)
  }

  isBlocked(contentId: string): boolean {
    return [...this.contents.values()].some(({ id, kind }) => id === contentId && kind === 'blocked')
  }

  setDocument(document: AnnotationDocument | undefined): void {
    this.document = document
    this.violations.afterWrite(this)
  }

  writeFile(path: string, bytes: Buffer): void {
    this.versions += 1
    // Answers are JSON that names itself in a label; the other files hold nothing but the name.
    const shows = /"label\\":\\"([^\\]+)/.exec(bytes.toString())?.[1] ?? bytes.toString()
    this.files.set(path, { bytes, shows, writtenAt: this.scheduler.now, version: this.versions })
    this.violations.afterWrite(this)
  }

  deleteFile(path: string): void {
    if (this.files.delete(path)) this.violations.afterWrite(this)
  }
}

export function photoOf(generation: string): Photo {
  return { ...ABOUT, generation }
}

const OBJECT = { bucket: 'bucket', name: 'users/user/uploads/photo.jpg' }

export const ABOUT = {
  ...OBJECT,
  imageId: imageIdOf(OBJECT.bucket, OBJECT.name),
  owner: 'user',
  contentType: 'image/jpeg',
  sizeBytes: 1,
}

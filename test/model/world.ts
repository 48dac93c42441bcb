import type { Annotation, Photo } from '../../functions/src/document/annotation.ts'
import type { Agenda } from './agenda.ts'
import type { Mechanisms } from './mechanisms.ts'
import type { ModelService } from './model-service.ts'
import type { Random } from './random.ts'
import type { Violations } from './violations.ts'

/** What a photo shows, so that everything made of it can be told from what was made of another. */
export type Content = { id: string; kind: 'photo' | 'no-picture' | 'deadly' | 'blocked'; hasPreview: boolean }

export type LiveObject = { generation: string; content: Content; createdAt: number }

export type ResultFile = { content: string; writtenAt: number; version: number }

/** All that is outside of the workers, for one name of an object. Each name is a world of its own: the protocol ties none to another. */
export class World {
  readonly agenda: Agenda
  readonly random: Random
  readonly mechanisms: Mechanisms
  readonly violations: Violations
  readonly service: ModelService
  object: LiveObject | undefined
  document: Annotation | undefined
  readonly contents = new Map<string, Content>()
  /** By name, as `resultPaths` gives it. */
  readonly files = new Map<string, ResultFile>()
  readonly eventIds = new Set<string>()
  /** How often work has begun from nothing: what is paid is limited for each beginning. */
  run = 0
  private versions = 0
  private tokens = 0

  constructor(
    agenda: Agenda,
    random: Random,
    mechanisms: Mechanisms,
    service: ModelService,
    violations: Violations,
  ) {
    this.agenda = agenda
    this.random = random
    this.mechanisms = mechanisms
    this.service = service
    this.violations = violations
  }

  get now(): Date {
    return new Date(this.agenda.now)
  }

  newToken(): string {
    this.tokens += 1
    return `t${this.tokens}`
  }

  putObject(generation: string, content: Content): void {
    this.object = { generation, content, createdAt: this.agenda.now }
    this.contents.set(generation, content)
  }

  setDocument(document: Annotation | undefined): void {
    this.document = document
    this.violations.afterWrite(this)
  }

  writeFile(path: string, content: string): void {
    this.versions += 1
    this.files.set(path, { content, writtenAt: this.agenda.now, version: this.versions })
    this.violations.afterWrite(this)
  }

  deleteFile(path: string): void {
    if (this.files.delete(path)) this.violations.afterWrite(this)
  }
}

export function photoOf(generation: string): Photo {
  return { ...ABOUT, generation }
}

export const ABOUT = {
  /** As long as those of `imageIdOf`. */
  imageId: 'i'.repeat(43),
  owner: 'user',
  bucket: 'bucket',
  name: 'photo.jpg',
  contentType: 'image/jpeg',
  sizeBytes: 1,
}

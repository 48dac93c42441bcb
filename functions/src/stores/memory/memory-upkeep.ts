import type { AnnotationDocument } from '../../document/annotation.ts'
import type { DuePosition, OwnedEntry, OwnerPosition, QueuedPhoto, Upkeep } from '../../ports/upkeep.ts'

type Documents = Map<string, AnnotationDocument>
type Files = Map<string, { generation: string; contentType?: string; createdAt?: Date }>

const PAGE = 1000

/** The maintenance ports in memory, for tests and local trials. Documents and files are read on every use. */
export function memoryUpkeep(
  documents: () => Documents,
  files: () => Files,
): Upkeep & { tasks: Map<string, QueuedPhoto>; values: Map<string, unknown> } {
  const tasks = new Map<string, QueuedPhoto>()
  const values = new Map<string, unknown>()
  const entries = () =>
    [...documents()]
      // One index shard.
      .map(([imageId, annotation]) => ({ ...annotation, dueShard: 0, imageId }) as OwnedEntry)
      .toSorted((a, b) => (a.imageId < b.imageId ? -1 : 1))
  return {
    tasks,
    values,
    annotations: {
      async due(now, limit, after) {
        const due = entries()
          .filter((entry) => entry.status !== 'deleted')
          .filter(({ dueAt }) => dueAt && dueAt <= now)
          .toSorted(byDueAt)
        // The photo of the position may have run since.
        return due.filter((entry) => !after || byDueAt(entry, after) > 0).slice(0, limit)
      },
      async dueAfterOwner(ownerBefore, now, limit, after) {
        return entries()
          .filter((entry) => entry.status !== 'deleted')
          .filter(({ owner, dueAt }) => {
            const isWanted = ownerBefore === null ? owner === null : owner !== null && owner > ownerBefore
            return isWanted && dueAt && dueAt <= now
          })
          .toSorted(byOwner)
          .filter((entry) => !after || byOwner(entry, after) > 0)
          .slice(0, limit)
      },
      async find(imageIds) {
        const wanted = new Set(imageIds)
        return new Map(
          entries().flatMap((entry) => (wanted.has(entry.imageId) ? [[entry.imageId, entry]] : [])),
        )
      },
      async after(imageId, limit, end) {
        return entries()
          .filter((entry) => imageId === undefined || entry.imageId > imageId)
          .filter((entry) => end === undefined || entry.imageId < end)
          .slice(0, limit)
      },
      async ofOwner(owner, imageId, limit) {
        return entries()
          .filter((entry) => entry.owner === owner && (imageId === undefined || entry.imageId > imageId))
          .slice(0, limit)
      },
    },
    objects: {
      async list(_bucket, prefix, pageToken = '', { from = '', to } = {}) {
        const objects = [...files()]
          .filter(([name]) => name.startsWith(prefix) && name > pageToken)
          .filter(([name]) => name >= from && (to === undefined || name < to))
          .map(([name, { generation, contentType, createdAt = new Date(0) }]) => ({
            name,
            generation,
            contentType,
            createdAt,
          }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        const page = objects.slice(0, PAGE)
        return { objects: page, nextPageToken: objects.length > PAGE ? page.at(-1)!.name : undefined }
      },
      async remove(_bucket, { name, generation }) {
        if (files().get(name)?.generation === generation) files().delete(name)
      },
    },
    queue: {
      async enqueue(photo, id) {
        if (tasks.has(id)) return 'known'
        tasks.set(id, photo)
        return 'enqueued'
      },
    },
    progress: {
      async read(path) {
        return values.get(path)
      },
      async change(path, change) {
        const changed = change(values.get(path))
        if (changed) values.set(path, changed)
        return changed
      },
      async withState(collection, state, limit) {
        return [...values]
          .filter(
            ([path, value]) =>
              path.startsWith(`${collection}/`) && (value as { state?: unknown }).state === state,
          )
          .map(([path]) => path.slice(collection.length + 1))
          .slice(0, limit)
      },
      async due(collection, now, limit) {
        return [...values]
          .flatMap(([path, value]) => {
            const { dueAt } = value as { dueAt?: Date }
            return path.startsWith(`${collection}/`) && dueAt && dueAt <= now ? [{ path, dueAt }] : []
          })
          .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
          .map(({ path }) => path.slice(collection.length + 1))
          .slice(0, limit)
      },
    },
  }
}

function byDueAt(a: DuePosition, b: DuePosition): number {
  return a.dueAt!.getTime() - b.dueAt!.getTime() || compare(a.imageId, b.imageId)
}

function byOwner(a: OwnerPosition, b: OwnerPosition): number {
  return compare(a.owner ?? '', b.owner ?? '') || byDueAt(a, b)
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

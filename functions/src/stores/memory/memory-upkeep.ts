import type { AnnotationDocument } from '../../document/annotation.ts'
import type { OwnedEntry, QueuedPhoto, Upkeep } from '../../ports/upkeep.ts'

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
      .map(([imageId, annotation]): OwnedEntry => ({ ...annotation, imageId }))
      .toSorted((a, b) => (a.imageId < b.imageId ? -1 : 1))
  return {
    tasks,
    values,
    annotations: {
      async due(now, limit, after) {
        const due = entries()
          .filter((entry) => entry.status !== 'deleted')
          .filter(({ dueAt }) => dueAt && dueAt <= now)
          .toSorted((a, b) => a.dueAt!.getTime() - b.dueAt!.getTime())
        const from = due.findIndex(({ imageId }) => imageId === after?.imageId) + 1
        return due.slice(from, from + limit)
      },
      async dueAfterOwner(after, now, limit) {
        return entries()
          .filter((entry) => entry.status !== 'deleted')
          .filter(({ owner, dueAt }) => {
            const isWanted = after === null ? owner === null : owner !== null && owner > after
            return isWanted && dueAt && dueAt <= now
          })
          .toSorted((a, b) =>
            a.owner === b.owner ? a.dueAt!.getTime() - b.dueAt!.getTime() : a.owner! < b.owner! ? -1 : 1,
          )
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

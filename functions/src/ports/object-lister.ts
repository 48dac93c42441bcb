/** One object as it lies in a bucket. */
export type ListedObject = { name: string; generation: string; createdAt: Date }

/** Objects as the sweeper goes through them. */
export interface ObjectLister {
  /** A page of the live objects whose names begin with `prefix`, in the order of their names. */
  list(
    bucket: string,
    prefix: string,
    pageToken: string | undefined,
  ): Promise<{ objects: ListedObject[]; nextPageToken: string | undefined }>
  /** Deletes exactly this content: what was written in its place since then stays. */
  remove(bucket: string, object: ListedObject): Promise<void>
}

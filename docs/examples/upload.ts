import type { Annotation, Firesight } from '@firesight/client'

/** Uploads a photo, shows how far it is, and gives its annotation once all is done. */
export async function annotate(
  firesight: Firesight,
  photo: Blob,
  show: (words: string) => void,
  signal?: AbortSignal,
): Promise<Annotation> {
  const upload = await firesight.upload(photo, {
    signal,
    onProgress: ({ fraction }) => show(`${Math.round(fraction * 100)} % uploaded`),
  })
  const annotated = new Promise<Annotation>((resolve, reject) => {
    const stop = firesight.watch(
      upload,
      (annotation) => {
        if (!annotation) return // The functions have not begun yet.
        show(annotation.caption ?? annotation.status)
        if (annotation.status === 'processing' || annotation.status === 'deferred') return
        stop()
        resolve(annotation)
      },
      reject,
    )
  })
  const [annotation] = await Promise.all([annotated, upload.done])
  return annotation
}

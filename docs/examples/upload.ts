import type { Annotation, Firesight } from '@firesight/client'

/** Uploads a photo, shows the progress, and resolves with the annotation when the functions have finished. */
export async function annotate(
  firesight: Firesight,
  photo: Blob,
  show: (message: string) => void,
  signal?: AbortSignal,
): Promise<Annotation> {
  const upload = await firesight.upload(photo, {
    signal,
    onProgress: ({ fraction }) => show(`${Math.round(fraction * 100)} % uploaded`),
  })
  let stop = () => {}
  const annotated = new Promise<Annotation>((resolve, reject) => {
    stop = firesight.watch(
      upload,
      (annotation) => {
        if (!annotation) return // The functions have not started yet.
        if (annotation.status === 'deleted') return reject(new Error('The photo was deleted'))
        show(annotation.caption ?? annotation.status)
        // A "deferred" photo waits for another run: annotateImage().
        if (annotation.status !== 'processing') resolve(annotation)
      },
      reject,
    )
  })
  try {
    const [annotation] = await Promise.all([annotated, upload.done])
    return annotation
  } finally {
    stop()
  }
}

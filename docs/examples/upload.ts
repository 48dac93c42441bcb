import type { Annotation, Firesight } from '@firesight/client'

/** Uploads a photo, shows how far it is, and gives its annotation once the functions are done with it. */
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
  let stop = () => {}
  const annotated = new Promise<Annotation>((resolve, reject) => {
    stop = firesight.watch(
      upload,
      (annotation) => {
        if (!annotation) return // The functions have not begun yet.
        show(annotation.caption ?? annotation.status)
        // What is "deferred" waits until it is run again: annotateImage().
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

import { useState } from 'preact/hooks'
import { SAMPLE_PHOTOS, type SamplePhoto } from './samples.ts'

type Props = {
  /** Whether the user has no photos yet. Otherwise the strip is one line. */
  isProminent: boolean
  /** Whether the answers about the samples are stored annotations. */
  isAnnotatedByHand: boolean
  add: (files: File[]) => void
  notify: (text: string) => void
}

/** The sample photos: one click uploads one. */
export function SampleStrip({ isProminent, isAnnotatedByHand, add, notify }: Props) {
  const photos = <SamplePhotos isAnnotatedByHand={isAnnotatedByHand} add={add} notify={notify} />
  if (isProminent) {
    return (
      <section class="samples" aria-labelledby="samples-title">
        <h2 id="samples-title">Try a sample photo</h2>
        {photos}
      </section>
    )
  }
  return (
    <details class="samples samples-collapsed">
      <summary>Try a sample photo</summary>
      {photos}
    </details>
  )
}

function SamplePhotos({ isAnnotatedByHand, add, notify }: Omit<Props, 'isProminent'>) {
  const [loading, setLoading] = useState<SamplePhoto>()
  const upload = async (sample: SamplePhoto) => {
    setLoading(sample)
    try {
      add([await readSample(sample)])
    } catch (error) {
      notify((error as Error).message)
    } finally {
      setLoading(undefined)
    }
  }
  return (
    <>
      <ul class="sample-list">
        {SAMPLE_PHOTOS.map((sample) => (
          <li key={sample.fileName}>
            <button
              type="button"
              class="sample"
              aria-label={`${sample.title}: upload this sample photo`}
              aria-busy={loading === sample}
              onClick={() => loading === undefined && void upload(sample)}
            >
              <img src={sample.thumbnailUrl} alt="" width={280} height={210} loading="lazy" />
              <span>{sample.title}</span>
            </button>
          </li>
        ))}
      </ul>
      <details class="sample-credits">
        <summary>
          {isAnnotatedByHand
            ? 'Photo credits. Answers about these photos were annotated by hand.'
            : 'Photo credits'}
        </summary>
        <ul>
          {SAMPLE_PHOTOS.map((sample) => (
            <li key={sample.title}>
              <Credit {...sample} />
            </li>
          ))}
        </ul>
        <p>All photos were scaled down and compressed again.</p>
        {isAnnotatedByHand && (
          <p>
            The local Gemini API recognizes these photos and answers with stored annotations: captions,
            labels, boxes, masks and answers that a person wrote. A real model answers for itself.
          </p>
        )}
      </details>
    </>
  )
}

function Credit({ title, work, author, sourceUrl, licence, licenceUrl }: SamplePhoto) {
  return (
    <>
      {title}: {work && `“${work}” by `}
      {author} (
      <a href={sourceUrl} target="_blank" rel="noreferrer" aria-label={`Source of the photo ${title}`}>
        source
      </a>
      ),{' '}
      {licenceUrl ? (
        <a href={licenceUrl} target="_blank" rel="noreferrer">
          {licence}
        </a>
      ) : (
        licence
      )}
    </>
  )
}

async function readSample({ title, fileName, url }: SamplePhoto): Promise<File> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`the server answered with status ${response.status}`)
    return new File([await response.blob()], fileName, { type: 'image/jpeg' })
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(`Could not load the sample photo ${title}: ${reason}`, { cause: error })
  }
}

import type { Annotation } from '@firesight/client'
import { addressOfLabel } from '../app/route.ts'
import { isSample } from '../samples/is-sample.ts'

type Props = {
  annotation: Annotation
  /** Whether the local Gemini API finds objects with a small model. Its answers about samples are stored. */
  usesDetector: boolean
}

/** Caption, labels, alt text and text in the photo. Shows model output as text, never as markup. */
export function Description({
  annotation: { caption, altText, labels = [], text, image },
  usesDetector,
}: Props) {
  if (caption === undefined) return null
  return (
    <section class="description">
      <div>
        <p class="caption">{caption}</p>
        {usesDetector && image && !isSample(image.sha256) && (
          <p class="quiet">By a small local model, which makes mistakes.</p>
        )}
      </div>
      {labels.length > 0 && (
        <ul class="labels" aria-label="Labels">
          {labels.map((label) => (
            <li key={label}>
              <a href={addressOfLabel(label)} title={`Your photos with the label “${label}”`}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      )}
      <dl class="facts">
        {altText && (
          <>
            <dt>Alt text</dt>
            <dd>{altText}</dd>
          </>
        )}
        {text && (
          <>
            <dt>Text in the photo</dt>
            <dd class="found-text">{text}</dd>
          </>
        )}
      </dl>
    </section>
  )
}

/** Reserves the space of the description until the document is loaded. */
export function DescriptionSkeleton() {
  return (
    <div class="description skeleton" role="status">
      <span class="hidden">Loading the photo</span>
      <p class="caption skeleton-text" aria-hidden="true">
        &nbsp;
      </p>
      <p class="skeleton-text skeleton-short" aria-hidden="true">
        &nbsp;
      </p>
    </div>
  )
}

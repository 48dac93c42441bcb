import type { CompareImagesResult } from '@firesight/client'
import type { Sign } from '../viewer/marks.ts'
import { PointButton } from '../viewer/point-button.tsx'
import { photoWords } from './photo-words.ts'

type Props = {
  result: CompareImagesResult
  /** The number of compared photos. */
  photos: number
  signs: readonly Sign[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
  /** Scrolls to a photo with a box of the difference. */
  reveal: (index: number) => void
}

/** The differences and similarities of photos. Shows model output as text, never as markup. */
export function Comparison({
  result: { summary, differences, similarities },
  photos,
  signs,
  reveal,
  ...pointing
}: Props) {
  const words = (text: string) => photoWords(text, photos)
  return (
    <div class="comparison-words">
      {summary && <p class="caption">{words(summary)}</p>}
      {differences.length > 0 && (
        <section>
          <h2>Differences</h2>
          <ol class="objects">
            {differences.map(({ description, regions }, index) => {
              const { label, colour } = signs[index]!
              const line = (
                <>
                  <span class="sign" style={{ background: colour.fill, color: colour.ink }}>
                    {label}
                  </span>
                  <span class="object-label">{words(description)}</span>
                  <span class="object-size">{placesOf(regions)}</span>
                </>
              )
              return (
                <li key={index} onClick={() => reveal(index)}>
                  {regions.length > 0 ? (
                    <PointButton index={index} {...pointing}>
                      {line}
                    </PointButton>
                  ) : (
                    <p class="object">{line}</p>
                  )}
                </li>
              )
            })}
          </ol>
        </section>
      )}
      {similarities.length > 0 && (
        <section class="similarities">
          <h2>Similarities</h2>
          <ul>
            {similarities.map((similarity, index) => (
              <li key={index}>{words(similarity)}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

/** The photos with boxes of a difference. */
function placesOf(regions: readonly { image: number }[]): string {
  const photos = [...new Set(regions.map(({ image }) => image + 1))].toSorted((a, b) => a - b)
  if (photos.length === 0) return ''
  return `${photos.length > 1 ? 'Photos' : 'Photo'} ${photos.join(', ')}`
}

import type { Annotation, Status } from '@firesight/client'

export function photosText(count: number): string {
  return count === 1 ? '1 photo' : `${count} photos`
}

type Badge = { text: string; tone: 'busy' | 'warning' | 'bad' }

const BADGES: Partial<Record<Status, Badge>> = {
  processing: { text: 'Analyzing', tone: 'busy' },
  deferred: { text: 'Waiting', tone: 'warning' },
  partial: { text: 'Incomplete', tone: 'warning' },
  superseded: { text: 'Replaced', tone: 'warning' },
  rejected: { text: 'Not readable', tone: 'bad' },
  blocked: { text: 'Declined', tone: 'bad' },
  failed: { text: 'Failed', tone: 'bad' },
}

/** The badge of a photo in the grid. A photo that is complete has none. */
export function badgeOf({ status }: Annotation): Badge | undefined {
  return BADGES[status]
}

/** The caption, or the time of the upload while there is none. */
export function titleOf({ caption, createdAt }: Annotation): string {
  const time = createdAt.toLocaleTimeString([], { timeStyle: 'short' })
  return caption ?? `Photo from ${time}`
}

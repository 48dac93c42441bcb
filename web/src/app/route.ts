/** What the page shows. The URL hash holds it, for reloads, bookmarks and the Back button. */
export type Route =
  | { page: 'home'; label?: string }
  | { page: 'photo'; imageId: string }
  | { page: 'comparison'; imageIds: readonly string[] }

/** The largest number of photos of a comparison (functions/src/api/compare-images.ts). */
export const MAX_COMPARED = 16

const LABEL = 'label='

/** Reads a hash such as `#{id}`, `#{id}+{id}` or `#label=cat`. Any other hash is the home page. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#/, '')
  if (text.startsWith(LABEL)) return homeOf(text.slice(LABEL.length))
  // An id is base64url of 32 bytes.
  const ids = [...new Set(text.split('+'))]
  if (!ids.every((id) => /^[\w-]{43}$/.test(id)) || ids.length > MAX_COMPARED) return { page: 'home' }
  return ids.length === 1 ? { page: 'photo', imageId: ids[0]! } : { page: 'comparison', imageIds: ids }
}

function homeOf(encoded: string): Route {
  try {
    const label = decodeURIComponent(encoded).trim().toLowerCase()
    return label === '' ? { page: 'home' } : { page: 'home', label }
  } catch {
    return { page: 'home' } // Not valid percent-encoding.
  }
}

/** The ids of the open photos: none, one, or those of the comparison. */
export function openIdsOf(route: Route): readonly string[] {
  if (route.page === 'photo') return [route.imageId]
  return route.page === 'comparison' ? route.imageIds : []
}

/** The link to a photo, to the comparison of several photos or, without an id, to the home page. */
export function addressOf(...imageIds: readonly string[]): string {
  return `#${imageIds.join('+')}`
}

/** The link to the user's photos with a label. Labels are stored in lower case. */
export function addressOfLabel(label: string): string {
  return `#${LABEL}${encodeURIComponent(label.trim().toLowerCase())}`
}

import { useEffect, useState } from 'preact/hooks'
import { addressOf, openIdsOf, parseRoute, type Route } from './route.ts'

let navigated = false
addEventListener('hashchange', () => {
  navigated = true
})

/** Whether the route has changed since the page was loaded. */
export function hasNavigated(): boolean {
  return navigated
}

/** The route in the URL hash. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const update = () => setHash(location.hash)
    addEventListener('hashchange', update)
    return () => removeEventListener('hashchange', update)
  }, [])
  return parseRoute(hash)
}

export function openPhoto(imageId: string): void {
  location.hash = addressOf(imageId)
}

/** Closes a photo if it is still open. The other photos of a comparison stay open. */
export function closePhoto(imageId: string): void {
  const openIds = openIdsOf(parseRoute(location.hash))
  if (openIds.includes(imageId)) location.hash = addressOf(...openIds.filter((id) => id !== imageId))
}

/** Opens the home page, unless it is open. */
export function closeAll(): void {
  if (parseRoute(location.hash).page !== 'home') location.hash = addressOf()
}

import { useEffect, useState } from 'preact/hooks'

/**
 * Requests the URL of an image. Returns undefined until it is known, and null if the request failed. `key`
 * identifies the image: a new key requests a new URL, and undefined requests none.
 */
export function usePictureUrl(
  key: string | undefined,
  request: () => Promise<string | null>,
): string | null | undefined {
  const [found, setFound] = useState<{ key: string; url: string | null | undefined }>()
  useEffect(() => {
    if (key === undefined) return undefined
    let isCurrent = true
    const settle = (url: string | null | undefined) => isCurrent && setFound({ key, url })
    request().then(
      (url) => settle(url ?? undefined),
      () => settle(null),
    )
    return () => {
      isCurrent = false
    }
  }, [key])
  return found && found.key === key ? found.url : undefined
}

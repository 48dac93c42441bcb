import { useEffect, useState } from 'preact/hooks'

/**
 * A URL that is asked for: undefined while there is none yet, null when it is not to be had. `key` says what it shows: another key asks
 * anew, and undefined asks for nothing.
 */
export function usePictureUrl(
  key: string | undefined,
  ask: () => Promise<string | null>,
): string | null | undefined {
  const [found, setFound] = useState<{ key: string; url: string | null | undefined }>()
  useEffect(() => {
    if (key === undefined) return undefined
    let isCurrent = true
    const settle = (url: string | null | undefined) => isCurrent && setFound({ key, url })
    ask().then(
      (url) => settle(url ?? undefined),
      () => settle(null),
    )
    return () => {
      isCurrent = false
    }
  }, [key])
  return found && found.key === key ? found.url : undefined
}

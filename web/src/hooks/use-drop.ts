import { useLayoutEffect, useState } from 'preact/hooks'

/** Takes files that are dropped anywhere on the page, or pasted; says whether some are hovering over it now. */
export function useDrop(onFiles: (files: File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false)
  // Not after the paint: whoever sees the page may drop a file on it.
  useLayoutEffect(() => {
    // Entering a child leaves its parent, so what counts is how many elements are entered.
    let entered = 0
    const handlers: {
      [Name in 'dragenter' | 'dragover' | 'dragleave' | 'drop']: (event: DragEvent) => void
    } = {
      dragenter(event) {
        if (!carriesFiles(event)) return
        entered++
        setIsOver(true)
      },
      dragover(event) {
        // Without this a browser opens the file instead.
        if (carriesFiles(event)) event.preventDefault()
      },
      dragleave(event) {
        if (!carriesFiles(event)) return
        entered = Math.max(entered - 1, 0)
        if (entered === 0) setIsOver(false)
      },
      drop(event) {
        if (!carriesFiles(event)) return
        event.preventDefault()
        entered = 0
        setIsOver(false)
        onFiles([...(event.dataTransfer?.files ?? [])])
      },
    }
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length > 0) onFiles(files)
    }
    const stop = new AbortController()
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      addEventListener(name, handlers[name], { signal: stop.signal })
    addEventListener('paste', paste, { signal: stop.signal })
    return () => stop.abort()
  }, [onFiles])
  return isOver
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

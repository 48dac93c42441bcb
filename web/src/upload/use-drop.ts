import { useLayoutEffect, useState } from 'preact/hooks'
import { isTyping } from '../parts/is-typing.ts'

/**
 * Receives files that are dropped anywhere on the page or pasted. Returns whether files are over the page.
 */
export function useDrop(onFiles: (files: File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false)
  // Registers before the first paint, so that files can be dropped as soon as the page is visible.
  useLayoutEffect(() => {
    // Moving into a child element fires dragleave for its parent, so this counts the entered elements.
    let entered = 0
    const handlers: {
      [Name in 'dragenter' | 'dragover' | 'dragleave' | 'drop']: (event: DragEvent) => void
    } = {
      dragenter(event) {
        if (!carriesFiles(event) || isDialogOpen()) return
        entered++
        setIsOver(true)
      },
      dragover(event) {
        // Otherwise the browser opens the file.
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
        // A dialog handles its own files. Opening a page would close it.
        if (!isDialogOpen()) onFiles([...(event.dataTransfer?.files ?? [])])
      },
    }
    const paste = (event: ClipboardEvent) => {
      // Office programs copy text together with a picture of it.
      if (isTyping(event.target) && event.clipboardData?.types.includes('text/plain')) return
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length > 0 && !isDialogOpen()) onFiles(files)
    }
    const stop = new AbortController()
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      addEventListener(name, handlers[name], { signal: stop.signal })
    addEventListener('paste', paste, { signal: stop.signal })
    return () => stop.abort()
  }, [onFiles])
  return isOver
}

function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

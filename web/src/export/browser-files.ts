import type { SavedFile } from './export-source.ts'

/** Starts the download of a file that the page has made. */
export function saveFile({ name, blob }: SavedFile): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Browsers read the URL after the click; a minute is enough to start.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

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

/** @throws Error with a message for the user */
export async function copyText(text: string): Promise<void> {
  // Undefined on pages that are served without TLS, for example from another computer in the network.
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (!clipboard)
    throw new Error('Your browser allows copying only on pages with HTTPS. Select the text instead.')
  try {
    await clipboard.writeText(text)
  } catch (cause) {
    throw new Error('Your browser did not allow copying to the clipboard.', { cause })
  }
}
